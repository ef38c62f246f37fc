#include "middleware/registry/service_records.h"

#include "drivers/cache/cache.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/known_services.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

static enum status
cache_insert(
    struct system_db *db, const struct service_record *r, struct error *err)
{
	struct db_value args[] = { bind_i64(r->id),
		bind_i64(r->cache_enabled ? 1 : 0), bind_i64(r->cache_ttl) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO service_cache_config"
		    " (service_id, cache_enabled, cache_ttl) VALUES (?, ?, ?)",
		args);
	int64_t id;

	return system_db_insert(db, &stmt, &id, err);
}

static enum status
service_insert(struct system_db *db, void *ctx, struct error *err)
{
	struct service_record *r = ctx;
	char now[DATE_BYTES];
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name), bind_text(r->label),
		bind_text(r->description), bind_i64(r->active ? 1 : 0),
		bind_text(r->type), bind_text(r->config),
		bind_text(str_of(now)), bind_text(str_of(now)), bind_actor(db),
		bind_actor(db) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO service (name, label, description, is_active,"
		    " type, config, created_date, last_modified_date,"
		    " created_by_id, last_modified_by_id)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &r->id, err);
	if (st == ST_EXISTS)
		return error_set(err, ST_EXISTS,
		    "a service is named \"%.*s\" already: choose another name, "
		    "or remove it first with `weir service remove %.*s`",
		    STR_ARG(r->name), STR_ARG(r->name));
	if (st == ST_OK)
		st = cache_insert(db, r, err);
	return st == ST_OK ? audit_added(db, AUDIT_SERVICE, r->id, err) : st;
}

enum status
service_record_add(
    struct system_db *db, struct service_record *record, struct error *err)
{
	char lower[SERVICE_NAME_MAX];
	struct service_record r = *record;
	enum status st = service_name_check(record->name, err);

	if (st == ST_OK)
		st = lookup_undeclared(db, NOUN_SERVICE, record->name, err);
	if (st == ST_OK)
		st = service_single_check(record->type, err);
	if (st != ST_OK)
		return st;
	if (r.label.n > LABEL_MAX || r.description.n > DESCRIPTION_MAX)
		return error_set(err, ST_INVALID,
		    "a label has at most %d bytes, a description %d", LABEL_MAX,
		    DESCRIPTION_MAX);
	if (r.cache_ttl < 0 || r.cache_ttl > CACHE_TTL_MAX)
		return error_set(err, ST_INVALID,
		    "cache_ttl: 0 to %d seconds are expected", CACHE_TTL_MAX);
	r.name = lower_case(record->name, lower, sizeof(lower));
	st = system_db_write(db, service_insert, &r, err);
	record->id = r.id;
	return st;
}

/*
 * Deleted one by one: were a row's service only set to NULL, the row would
 * grant the same on all services.
 */
static const char *const delete_parts[] = {
	"DELETE FROM role_service_access WHERE service_id = ?",
	"DELETE FROM limits WHERE service_id = ?",
	"DELETE FROM service_cache_config WHERE service_id = ?",
	"DELETE FROM service WHERE id = ?",
	NULL,
};

static enum status
service_delete(struct system_db *db, void *ctx, struct error *err)
{
	const struct str *name = ctx;
	int64_t id = 0;
	enum status st = lookup_id(db, NOUN_SERVICE, *name, &id, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_SERVICE, id, err);
	return st == ST_OK ? system_db_each(db, delete_parts, id, err) : st;
}

enum status
service_record_remove(struct system_db *db, struct str name, struct error *err)
{
	if (known_service(name))
		return error_set(err, ST_INVALID,
		    "service \"%.*s\" is a part of the platform: `weir service "
		    "set %.*s --active no` switches it off",
		    STR_ARG(name), STR_ARG(name));
	return system_db_write(db, service_delete, &name, err);
}

static enum status
service_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct service_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->name = value_text(list->arena, &v[1]);
	r->label = value_text(list->arena, &v[2]);
	r->description = value_text(list->arena, &v[3]);
	r->type = value_text(list->arena, &v[4]);
	r->config = value_text(list->arena, &v[5]);
	r->active = value_i64(&v[6]) != 0;
	r->cache_enabled = value_i64(&v[7]) != 0;
	r->cache_ttl = value_i64(&v[8]);
	return ST_OK;
}

enum status
service_records_list(struct system_db *db, struct arena *arena,
    struct service_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_stmt stmt = DB_STMT_PLAIN(
	    "SELECT s.id, s.name, s.label, s.description, s.type, s.config,"
	    " s.is_active, c.cache_enabled, c.cache_ttl FROM service s"
	    " LEFT JOIN service_cache_config c ON c.service_id = s.id"
	    " ORDER BY s.name");
	enum status st = system_db_run(db, &stmt, service_row, &list, err);

	*out = (struct service_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}
