#include "app/services/system/lookup_input.h"

#include "app/services/system/write.h"
#include "middleware/registry/system_db.h"

/* The name of the lookup of that id, if the scope has it. */
static enum status
name_find(struct system_write *w, int64_t id, const struct lookup_scope *scope,
    struct str *name, struct error *err)
{
	struct db_value args[] = { bind_i64(id), bind_i64(scope->app_id),
		bind_i64(scope->role_id), bind_i64(scope->user_id) };
	struct db_stmt stmt = DB_STMT(
	    "SELECT id FROM lookup WHERE id = ? AND COALESCE(app_id, 0) = ?"
	    " AND COALESCE(role_id, 0) = ? AND COALESCE(user_id, 0) = ?",
	    args);
	int64_t found;
	enum status st = system_db_number(w->db, &stmt, &found, err);

	return st == ST_OK
		   ? system_write_name(w,
			 "SELECT name FROM lookup WHERE id = ?", id, name, err)
		   : st;
}

enum status
lookup_input_add(struct system_write *w, const struct input *in,
    const struct lookup_scope *scope, int64_t *id, struct error *err)
{
	struct lookup_record r = { .scope = *scope };
	enum status st = input_text(in, "name", &r.name, err);

	if (st == ST_OK)
		st = input_text(in, "value", &r.value, err);
	if (st == ST_OK)
		st = input_switch(in, "private", &r.is_private, err);
	if (st == ST_OK)
		st = input_text(in, "description", &r.description, err);
	if (str_is_null(r.value))
		r.value = STR("");
	if (st == ST_OK)
		st = lookup_record_add(w->db, w->keys, w->arena, &r, err);
	if (st == ST_OK && id != NULL)
		*id = r.id;
	return st;
}

enum status
lookup_input_set(struct system_write *w, int64_t id, const struct input *in,
    const struct lookup_scope *scope, struct error *err)
{
	struct lookup_record r = { .scope = *scope };
	struct lookup_change change = { .is_private = FLIP_KEEP };
	bool is_private = false;
	enum status st = name_find(w, id, scope, &r.name, err);

	if (st == ST_OK)
		st = input_text(in, "name", &change.name, err);
	if (st == ST_OK)
		st = input_text(in, "value", &change.value, err);
	if (st == ST_OK)
		st = input_text(in, "description", &change.description, err);
	if (st == ST_OK)
		st = input_switch(in, "private", &is_private, err);
	if (json_kind(input_get(in, "private")) != JSON_NONE)
		change.is_private = is_private ? FLIP_ON : FLIP_OFF;
	if (str_eq(change.value, STR(SECRET_MASK)))
		change.value = STR_NULL; /* it stays */
	return st == ST_OK ? lookup_record_set(
				 w->db, w->keys, w->arena, &change, &r, err)
			   : st;
}

enum status
lookup_input_remove(struct system_write *w, int64_t id,
    const struct lookup_scope *scope, struct error *err)
{
	struct str name;
	enum status st = name_find(w, id, scope, &name, err);

	return st == ST_OK ? lookup_record_remove(w->db, name, scope, err) : st;
}
