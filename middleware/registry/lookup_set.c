/* Changing lookups, and bringing them under another APP_KEY. */
#include "app/base/arena.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/lookup_store.h"
#include "middleware/registry/sealed_text.h"
#include "middleware/registry/words.h"

/* A change on its way into the database. */
struct changing {
	const struct app_keys *keys;
	struct arena *arena;
	const struct lookup_change *change;
	struct lookup_record *record;
};

static enum status
record_read(struct system_db *db, const struct changing *c, struct error *err)
{
	int64_t id = 0;
	enum status st =
	    lookup_find(db, c->record->name, &c->record->scope, &id, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_LOOKUP, id, err);
	return st == ST_OK ? lookup_read(db, c->arena, id, c->record, err) : st;
}

/* What the value will be, sealed for the name that it will have. */
static enum status
value_change(const struct changing *c, bool is_private, struct str name,
    struct error *err)
{
	struct lookup_record *r = c->record;
	struct str clear = c->change->value;
	bool given = !str_is_null(clear);

	if (!given && r->is_private && !is_private)
		return error_set(err, ST_INVALID,
		    "a private lookup becomes public with a new value only");
	if (!given && !lookup_record_value(c->arena, c->keys, r, &clear))
		return error_set(err, ST_INVALID,
		    "the value of the lookup \"%.*s\" cannot be decrypted: it "
		    "was stored under an APP_KEY that is neither this one nor "
		    "in APP_PREVIOUS_KEYS; give it anew",
		    STR_ARG(r->name));
	r->value = !is_private
		       ? clear
		       : sealed_text(c->arena, c->keys,
			     lookup_context(c->arena, name, &r->scope), clear);
	return ST_OK;
}

static enum status
record_change(const struct changing *c, struct error *err)
{
	const struct lookup_change *change = c->change;
	struct lookup_record *r = c->record;
	struct str name = str_is_null(change->name) ? r->name : change->name;
	bool is_private = change->is_private == FLIP_KEEP
			      ? r->is_private
			      : change->is_private == FLIP_ON;
	enum status st = value_change(c, is_private, name, err);

	r->name = name;
	r->is_private = is_private;
	if (!str_is_null(change->description))
		r->description = change->description;
	return st;
}

static enum status
lookup_update(
    struct system_db *db, const struct lookup_record *r, struct error *err)
{
	char now[DATE_BYTES];

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name), bind_text(r->value),
		bind_i64(r->is_private ? 1 : 0), bind_text(r->description),
		bind_text(str_of(now)), bind_actor(db), bind_i64(r->id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE lookup SET name = ?, value = ?, private = ?,"
		    " description = ?, last_modified_date = ?,"
		    " last_modified_by_id = ? WHERE id = ?",
		args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

static enum status
change(struct system_db *db, void *ctx, struct error *err)
{
	const struct changing *c = ctx;
	enum status st = record_read(db, c, err);

	if (st == ST_OK)
		st = record_change(c, err);
	if (st == ST_OK)
		st = lookup_free_check(
		    db, c->record->name, &c->record->scope, c->record->id, err);
	return st == ST_OK ? lookup_update(db, c->record, err) : st;
}

enum status
lookup_record_set(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, const struct lookup_change *wanted,
    struct lookup_record *record, struct error *err)
{
	struct changing c = { keys, arena, wanted, record };
	enum status st = ST_OK;

	if (!str_is_null(wanted->name))
		st = lookup_name_check(wanted->name, err);
	if (st == ST_OK)
		st = lookup_value_check(wanted->value, err);
	if (st == ST_OK)
		st = description_check(wanted->description, err);
	return st == ST_OK ? system_db_write(db, change, &c, err) : st;
}

static enum status
value_update(
    struct system_db *db, int64_t id, struct str value, struct error *err)
{
	struct db_value args[] = { bind_text(value), bind_i64(id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE lookup SET value = ? WHERE id = ?", args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

/* What none of the keys opens stays as it is: it resolves to nothing. */
static enum status
record_reseal(struct system_db *db, const struct changing *c,
    const struct lookup_record *r, size_t *renewed, struct error *err)
{
	struct str context = lookup_context(c->arena, r->name, &r->scope);
	struct str value;
	struct unsealed u;

	if (!r->is_private ||
	    !sealed_text_open(c->arena, c->keys, context, r->value, &u))
		return ST_OK;
	value = sealed_text(c->arena, c->keys, context, u.clear);
	unsealed_wipe(&u);
	if (u.key == 0)
		return ST_OK;
	++*renewed;
	return value_update(db, r->id, value, err);
}

enum status
lookup_records_reseal(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, size_t *renewed, struct error *err)
{
	const struct changing c = { .keys = keys, .arena = arena };
	struct lookup_record *list = NULL;
	size_t n = 0;
	enum status st = lookup_records_list(db, arena, &list, &n, err);

	for (size_t i = 0; st == ST_OK && i < n; i++)
		st = record_reseal(db, &c, &list[i], renewed, err);
	return st;
}
