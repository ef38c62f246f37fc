#include "middleware/registry/lookup_records.h"

#include "app/base/arena.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/lookup_store.h"
#include "middleware/registry/sealed_text.h"
#include "middleware/registry/words.h"

static enum status
room_check(
    struct system_db *db, const struct lookup_scope *s, struct error *err)
{
	struct db_value args[] = { bind_i64(s->app_id), bind_i64(s->role_id),
		bind_i64(s->user_id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT COUNT(*) FROM lookup WHERE" LOOKUP_IN_SCOPE, args);
	int64_t n = 0;
	int most = s->user_id == 0 ? LOOKUPS_MAX : LOOKUPS_OF_USER_MAX;
	enum status st = system_db_number(db, &stmt, &n, err);

	if (st == ST_OK && n >= most)
		return error_set(err, ST_INVALID,
		    "there are %d lookups for that already, which is the most",
		    most);
	return st;
}

static enum status
lookup_insert(struct system_db *db, void *ctx, struct error *err)
{
	struct lookup_record *r = ctx;
	char now[DATE_BYTES];
	enum status st = lookup_free_check(db, r->name, &r->scope, 0, err);

	if (st == ST_OK)
		st = room_check(db, &r->scope, err);
	if (st != ST_OK)
		return st;
	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name), bind_text(r->value),
		bind_i64(r->is_private ? 1 : 0), bind_text(r->description),
		bind_id(r->scope.app_id), bind_id(r->scope.role_id),
		bind_id(r->scope.user_id), bind_text(str_of(now)),
		bind_text(str_of(now)), bind_actor(db), bind_actor(db) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO lookup (name, value, private, description,"
		    " app_id, role_id, user_id, created_date,"
		    " last_modified_date, created_by_id, last_modified_by_id)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &r->id, err);
	return st == ST_OK ? audit_added(db, AUDIT_LOOKUP, r->id, err) : st;
}

enum status
lookup_record_add(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, struct lookup_record *record, struct error *err)
{
	enum status st = lookup_name_check(record->name, err);

	if (st == ST_OK)
		st = lookup_value_check(record->value, err);
	if (st == ST_OK)
		st = description_check(record->description, err);
	if (st != ST_OK)
		return st;
	if (record->is_private)
		record->value = sealed_text(arena, keys,
		    lookup_context(arena, record->name, &record->scope),
		    record->value);
	return system_db_write(db, lookup_insert, record, err);
}

bool
lookup_record_value(struct arena *arena, const struct app_keys *keys,
    const struct lookup_record *record, struct str *clear)
{
	struct unsealed u = { .clear = record->value };

	if (record->is_private &&
	    !sealed_text_open(arena, keys,
		lookup_context(arena, record->name, &record->scope),
		record->value, &u))
		return false;
	*clear = u.clear;
	return true;
}

struct removing {
	struct str name;
	const struct lookup_scope *scope;
};

static enum status
lookup_delete(struct system_db *db, void *ctx, struct error *err)
{
	static const char *const parts[] = { "DELETE FROM lookup WHERE id = ?",
		NULL };
	const struct removing *r = ctx;
	int64_t id = 0;
	enum status st = lookup_find(db, r->name, r->scope, &id, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_LOOKUP, id, err);
	return st == ST_OK ? system_db_each(db, parts, id, err) : st;
}

enum status
lookup_record_remove(struct system_db *db, struct str name,
    const struct lookup_scope *scope, struct error *err)
{
	struct removing r = { name, scope };

	return system_db_write(db, lookup_delete, &r, err);
}
