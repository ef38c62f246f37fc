#include "middleware/registry/service_set.h"

#include "app/base/jsonread.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/known_services.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"
#include "middleware/service.h"

struct changing {
	struct arena *arena;
	const struct service_order *change;
	struct service_record *record;
};

static enum status
record_find(struct system_db *db, struct changing *c, struct error *err)
{
	struct service_record *list = NULL;
	size_t n = 0;
	int64_t id = 0;
	enum status st = lookup_id(db, NOUN_SERVICE, c->change->name, &id, err);

	if (st == ST_OK)
		st = service_records_list(db, c->arena, &list, &n, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < n; i++) {
		if (list[i].id == id)
			*c->record = list[i];
	}
	return ST_OK;
}

static enum status
record_check(const struct service_record *r, struct error *err)
{
	if (r->label.n > LABEL_MAX)
		return error_set(
		    err, ST_INVALID, "a label has at most %d bytes", LABEL_MAX);
	if (r->cache_ttl < 0 || r->cache_ttl > CACHE_TTL_MAX)
		return error_set(err, ST_INVALID,
		    "cache_ttl: 0 to %d seconds are expected", CACHE_TTL_MAX);
	return description_check(r->description, err);
}

static enum status
service_update(
    struct system_db *db, const struct service_record *r, struct error *err)
{
	char now[DATE_BYTES];

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name), bind_text(r->label),
		bind_text(r->description), bind_i64(r->active ? 1 : 0),
		bind_text(r->config), bind_text(str_of(now)), bind_actor(db),
		bind_i64(r->id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE service SET name = ?, label = ?, description = ?,"
		    " is_active = ?, config = ?, last_modified_date = ?,"
		    " last_modified_by_id = ? WHERE id = ?",
		args);
	struct error why = { 0 };
	enum status st = system_db_run(db, &stmt, NULL, NULL, &why);

	if (st == ST_EXISTS)
		return error_set(err, st,
		    "another service is named \"%.*s\" already",
		    STR_ARG(r->name));
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

static enum status
cache_update(
    struct system_db *db, const struct service_record *r, struct error *err)
{
	struct db_value args[] = { bind_i64(r->cache_enabled ? 1 : 0),
		bind_i64(r->cache_ttl), bind_i64(r->id) };
	struct db_stmt stmt = DB_STMT("UPDATE service_cache_config"
				      " SET cache_enabled = ?, cache_ttl = ?"
				      " WHERE service_id = ?",
	    args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

/* May it take the place of the name that it had? */
static enum status
name_check(
    struct system_db *db, struct str before, struct str name, struct error *err)
{
	enum status st;

	if (str_eq(before, name))
		return ST_OK;
	if (known_service(before))
		return error_set(err, ST_INVALID,
		    "the service \"%.*s\" keeps its name", STR_ARG(before));
	st = service_name_check(name, err);
	return st == ST_OK ? lookup_undeclared(db, NOUN_SERVICE, name, err)
			   : st;
}

static enum status
role_check(
    struct system_db *db, const char *name, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = DB_STMT("SELECT id FROM role WHERE id = ?", args);
	enum status st = system_db_number(db, &stmt, &id, err);

	if (st != ST_MISSING)
		return st;
	return error_set(
	    err, ST_INVALID, "%s: there is no role of that id", name);
}

/* Does what the config names exist? A damaged one is not judged here. */
static enum status
roles_check(struct system_db *db, struct arena *arena,
    const struct service_record *r, struct error *err)
{
	const struct service_type *type = service_type_find(r->type);
	const struct config_field *f = type == NULL ? NULL : type->config;
	struct json config;
	enum status st = ST_OK;

	if (f == NULL || str_is_null(r->config) ||
	    json_parse(arena, r->config, &config, NULL) != ST_OK)
		return ST_OK;
	for (; f->name != NULL && st == ST_OK; f++) {
		struct json id = json_get(arena, config, str_of(f->name));
		int64_t n = 0;

		if (f->is_role && str_to_i64(id.text, &n) && n != 0)
			st = role_check(db, f->name, n, err);
	}
	return st;
}

static enum status
change(struct system_db *db, void *ctx, struct error *err)
{
	struct changing *c = ctx;
	enum status st = record_find(db, c, err);
	struct str before = c->record->name;

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_SERVICE, c->record->id, err);
	if (st == ST_OK)
		st = c->change->edit(c->change->ctx, c->record, err);
	if (st == ST_OK)
		st = name_check(db, before, c->record->name, err);
	if (st == ST_OK)
		st = record_check(c->record, err);
	if (st == ST_OK)
		st = roles_check(db, c->arena, c->record, err);
	if (st == ST_OK)
		st = service_update(db, c->record, err);
	return st == ST_OK ? cache_update(db, c->record, err) : st;
}

enum status
service_record_set(struct system_db *db, struct arena *arena,
    const struct service_order *wanted, struct service_record *out,
    struct error *err)
{
	struct changing c = { arena, wanted, out };

	return system_db_write(db, change, &c, err);
}
