#include "middleware/registry/app_records.h"

#include "middleware/registry/audit.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/words.h"

static enum status
app_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct app_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->name = value_text(list->arena, &v[1]);
	r->description = value_text(list->arena, &v[2]);
	r->active = value_i64(&v[3]) != 0;
	r->role_id = value_i64(&v[4]);
	r->role_name = value_text(list->arena, &v[5]);
	r->keys = value_i64(&v[6]);
	return ST_OK;
}

enum status
app_records_list(struct system_db *db, struct arena *arena,
    struct app_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_stmt stmt = DB_STMT_PLAIN(
	    "SELECT a.id, a.name, a.description, a.is_active, a.role_id,"
	    " r.name, COALESCE(k.n, 0) FROM app a"
	    " LEFT JOIN role r ON r.id = a.role_id"
	    " LEFT JOIN (SELECT app_id, COUNT(*) AS n FROM app_key"
	    " WHERE revoked = 0 GROUP BY app_id) k ON k.app_id = a.id"
	    " ORDER BY a.name");
	enum status st = system_db_run(db, &stmt, app_row, &list, err);

	*out = (struct app_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}

static enum status
app_insert(struct system_db *db, void *ctx, struct error *err)
{
	struct app_record *r = ctx;
	char now[DATE_BYTES];
	enum status st = ST_OK;

	if (!str_is_null(r->role_name))
		st = lookup_id(db, NOUN_ROLE, r->role_name, &r->role_id, err);
	if (st != ST_OK)
		return st;
	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name),
		bind_text(r->description), bind_i64(r->active ? 1 : 0),
		bind_id(r->role_id), bind_text(str_of(now)),
		bind_text(str_of(now)), bind_actor(db), bind_actor(db) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO app (name, description, is_active, role_id,"
		    " created_date, last_modified_date, created_by_id,"
		    " last_modified_by_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &r->id, err);
	if (st == ST_EXISTS)
		return error_set(err, st,
		    "an app is named \"%.*s\" already: choose another name",
		    STR_ARG(r->name));
	return st == ST_OK ? audit_added(db, AUDIT_APP, r->id, err) : st;
}

enum status
app_record_add(
    struct system_db *db, struct app_record *record, struct error *err)
{
	enum status st = record_name_check(record->name, "app", err);

	if (st == ST_OK)
		st = lookup_undeclared(db, NOUN_APP, record->name, err);
	if (st == ST_OK)
		st = description_check(record->description, err);
	return st == ST_OK ? system_db_write(db, app_insert, record, err) : st;
}

#define FORGET_DEFAULT                                                         \
	"UPDATE user SET default_app_id = NULL WHERE default_app_id = ?"

/* A change on its way into the database. */
struct changing {
	struct str name;
	const struct app_change *change;
	int64_t id;
	int64_t role_id; /* 0: none, or it stays */
};

static enum status
role_update(struct system_db *db, const struct changing *c, struct error *err)
{
	struct db_value args[] = { bind_id(c->role_id), bind_i64(c->id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE app SET role_id = ? WHERE id = ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

static enum status
app_update(struct system_db *db, const struct changing *c, struct error *err)
{
	struct error why = { 0 };
	char now[DATE_BYTES];
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(c->change->name),
		bind_text(c->change->description), bind_flip(c->change->active),
		bind_text(str_of(now)), bind_actor(db), bind_i64(c->id) };
	struct db_stmt stmt = DB_STMT("UPDATE app SET name = COALESCE(?, name),"
				      " description = COALESCE(?, description),"
				      " is_active = COALESCE(?, is_active),"
				      " last_modified_date = ?,"
				      " last_modified_by_id = ? WHERE id = ?",
	    args);

	st = system_db_run(db, &stmt, NULL, NULL, &why);
	if (st == ST_EXISTS)
		return error_set(err, st,
		    "another app is named \"%.*s\" already",
		    STR_ARG(c->change->name));
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

static enum status
change(struct system_db *db, void *ctx, struct error *err)
{
	struct changing *c = ctx;
	bool has_role = !str_is_null(c->change->role);
	enum status st = lookup_id(db, NOUN_APP, c->name, &c->id, err);

	if (st == ST_OK && has_role)
		st =
		    lookup_id(db, NOUN_ROLE, c->change->role, &c->role_id, err);
	if (st == ST_OK)
		st = audit_watch(db, AUDIT_APP, c->id, err);
	if (st == ST_OK)
		st = app_update(db, c, err);
	if (st == ST_OK && (has_role || c->change->no_role))
		st = role_update(db, c, err);
	return st;
}

enum status
app_record_set(struct system_db *db, struct str name,
    const struct app_change *wanted, struct error *err)
{
	struct changing c = { .name = name, .change = wanted };
	enum status st = ST_OK;

	if (!str_is_null(wanted->name))
		st = record_name_check(wanted->name, "app", err);
	if (st == ST_OK)
		st = lookup_undeclared(db, NOUN_APP, wanted->name, err);
	if (st == ST_OK)
		st = description_check(wanted->description, err);
	return st == ST_OK ? system_db_write(db, change, &c, err) : st;
}

static enum status
app_delete(struct system_db *db, void *ctx, struct error *err)
{
	static const char *const parts[] = {
		"DELETE FROM app_key WHERE app_id = ?",
		"DELETE FROM limits WHERE app_id = ?",
		"DELETE FROM lookup WHERE app_id = ?",
		"DELETE FROM user_to_app_to_role WHERE app_id = ?",
		FORGET_DEFAULT,
		"DELETE FROM app WHERE id = ?",
		NULL,
	};
	const struct str *name = ctx;
	int64_t id = 0;
	enum status st = lookup_id(db, NOUN_APP, *name, &id, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_APP, id, err);
	return st == ST_OK ? system_db_each(db, parts, id, err) : st;
}

enum status
app_record_remove(struct system_db *db, struct str name, struct error *err)
{
	return system_db_write(db, app_delete, &name, err);
}
