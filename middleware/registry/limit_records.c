#include "middleware/registry/limit_records.h"

#include "drivers/cache/cache.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

/* What a limit of each type is about. */
struct scope {
	bool app, role, service;
};

static const struct scope scopes[] = {
	[LIMIT_INSTANCE] = { 0 },
	[LIMIT_APP] = { .app = true },
	[LIMIT_ROLE] = { .role = true },
	[LIMIT_SERVICE] = { .service = true },
	[LIMIT_APP_SERVICE] = { .app = true, .service = true },
};

static enum status
part_check(const struct limit_record *r, const char *what, bool taken,
    struct str name, struct error *err)
{
	if (taken || str_is_null(name))
		return ST_OK;
	return error_set(err, ST_INVALID, "a limit of type %.*s takes no %s",
	    STR_ARG(limit_type_name(r->type)), what);
}

static enum status
limit_check(const struct limit_record *r, struct error *err)
{
	const struct scope *scope = &scopes[r->type];
	enum status st = record_name_check(r->name, "limit", err);

	if (st != ST_OK)
		return st;
	if (r->rate < 1 || r->rate > CACHE_COUNT_MAX)
		return error_set(err, ST_INVALID, "rate: 1 to %d are expected",
		    CACHE_COUNT_MAX);
	if ((r->verb_mask & (r->verb_mask - 1)) != 0)
		return error_set(err, ST_INVALID,
		    "a limit is for one verb, or, without one, for all");
	st = part_check(r, "app", scope->app, r->app_name, err);
	if (st == ST_OK)
		st = part_check(r, "role", scope->role, r->role_name, err);
	if (st == ST_OK)
		st = part_check(
		    r, "service", scope->service, r->service_name, err);
	return st;
}

static enum status
parts_find(struct system_db *db, struct limit_record *r, struct error *err)
{
	enum status st = ST_OK;

	if (!str_is_null(r->app_name))
		st = lookup_id(db, NOUN_APP, r->app_name, &r->app_id, err);
	if (st == ST_OK && !str_is_null(r->role_name))
		st = lookup_id(db, NOUN_ROLE, r->role_name, &r->role_id, err);
	if (st == ST_OK && !str_is_null(r->service_name))
		st = lookup_id(
		    db, NOUN_SERVICE, r->service_name, &r->service_id, err);
	return st;
}

static void
part_put(struct buf *b, const char *what, bool taken, int64_t id)
{
	if (id != 0)
		buf_printf(b, ".%s:%lld", what, (long long)id);
	else if (taken)
		buf_printf(b, ".each_%s", what);
}

/* The name of the counter in DreamFactory's manner; the column is unique. */
static void
key_text_put(struct buf *b, const struct limit_record *r)
{
	const struct scope *scope = &scopes[r->type];

	buf_put_lit(b, "instance");
	part_put(b, "app", scope->app, r->app_id);
	part_put(b, "role", scope->role, r->role_id);
	part_put(b, "service", scope->service, r->service_id);
	if (r->verb_mask != 0) {
		buf_put_lit(b, ".verb:");
		verbs_put(b, r->verb_mask);
	}
	buf_put_char(b, '.');
	period_put(b, r->period);
}

static enum status
refuse_second(
    struct system_db *db, const struct limit_record *r, struct error *err)
{
	struct error why = { 0 };
	int64_t id;

	if (lookup_id(db, NOUN_LIMIT, r->name, &id, &why) == ST_OK &&
	    id != r->id)
		return error_set(err, ST_EXISTS,
		    "a limit is named \"%.*s\" already: choose another name, "
		    "or change it with `weir limit set %.*s`",
		    STR_ARG(r->name), STR_ARG(r->name));
	return error_set(err, ST_EXISTS,
	    "a limit exists already with the same type, verb and period: "
	    "`weir limit list` shows it; change or remove it");
}

/* Runs an INSERT or UPDATE whose values begin with those of the record. */
static enum status
limit_store(struct system_db *db, const char *sql, struct limit_record *r,
    struct error *err)
{
	struct buf key_text = { 0 }, verb = { 0 };
	bool is_new = r->id == 0;
	char now[DATE_BYTES];
	int64_t id = 0;
	enum status st = parts_find(db, r, err);

	if (st != ST_OK)
		return st;
	date_text(db->wall_ms, now);
	key_text_put(&key_text, r);
	verbs_put(&verb, r->verb_mask);
	struct db_value args[] = { bind_text(r->name),
		bind_text(limit_type_name(r->type)), bind_i64(r->rate),
		bind_i64(r->period), bind_id(r->app_id), bind_id(r->role_id),
		bind_id(r->service_id),
		bind_text(r->verb_mask == 0 ? STR_NULL : buf_str(&verb)),
		bind_text(buf_str(&key_text)), bind_i64(r->active ? 1 : 0),
		bind_text(str_of(now)), bind_actor(db),
		is_new ? bind_text(str_of(now)) : bind_i64(r->id),
		bind_actor(db) /* of a new one: who made it */ };
	size_t n = sizeof(args) / sizeof(args[0]);
	struct db_stmt stmt = { str_of(sql), args, is_new ? n : n - 1 };

	st = system_db_insert(db, &stmt, &id, err);
	buf_free(&verb);
	buf_free(&key_text);
	if (st == ST_EXISTS)
		return refuse_second(db, r, err);
	if (st != ST_OK || !is_new)
		return st;
	r->id = id;
	return audit_added(db, AUDIT_LIMIT, id, err);
}

static enum status
limit_insert(struct system_db *db, void *ctx, struct error *err)
{
	return limit_store(db,
	    "INSERT INTO limits (name, type, rate, period, app_id, role_id,"
	    " service_id, verb, key_text, is_active, last_modified_date,"
	    " last_modified_by_id, created_date, created_by_id)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    ctx, err);
}

enum status
limit_record_add(
    struct system_db *db, struct limit_record *record, struct error *err)
{
	enum status st = limit_check(record, err);

	return st == ST_OK ? system_db_write(db, limit_insert, record, err)
			   : st;
}

/* A change on its way into the database. */
struct editing {
	struct arena *arena;
	struct str name;
	limit_edit_f *edit;
	void *ctx;
	struct limit_record *record;
};

static enum status
limit_find(struct system_db *db, struct editing *e, struct error *err)
{
	struct limit_record *list = NULL;
	size_t n = 0;
	int64_t id = 0;
	enum status st = lookup_id(db, NOUN_LIMIT, e->name, &id, err);

	if (st == ST_OK)
		st = limit_records_list(db, e->arena, &list, &n, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < n; i++) {
		if (list[i].id == id)
			*e->record = list[i];
	}
	return ST_OK;
}

static enum status
limit_update(struct system_db *db, void *ctx, struct error *err)
{
	struct editing *e = ctx;
	struct limit_record *r = e->record;
	enum status st = limit_find(db, e, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_LIMIT, r->id, err);
	if (st == ST_OK)
		st = e->edit(e->ctx, r, err);
	if (st == ST_OK)
		st = limit_check(r, err);
	if (st != ST_OK)
		return st;
	r->app_id = r->role_id = r->service_id = 0;
	return limit_store(db,
	    "UPDATE limits SET name = ?, type = ?, rate = ?, period = ?,"
	    " app_id = ?, role_id = ?, service_id = ?, verb = ?, key_text = ?,"
	    " is_active = ?, last_modified_date = ?, last_modified_by_id = ?"
	    " WHERE id = ?",
	    r, err);
}

enum status
limit_record_set(struct system_db *db, struct arena *arena, struct str name,
    limit_edit_f *edit, void *ctx, struct limit_record *out, struct error *err)
{
	struct editing e = { arena, name, edit, ctx, out };

	return system_db_write(db, limit_update, &e, err);
}

static enum status
limit_delete(struct system_db *db, void *ctx, struct error *err)
{
	const struct str *name = ctx;
	int64_t id = 0;
	enum status st = lookup_id(db, NOUN_LIMIT, *name, &id, err);
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = DB_STMT("DELETE FROM limits WHERE id = ?", args);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_LIMIT, id, err);
	return st == ST_OK ? system_db_change(db, &stmt, err) : st;
}

enum status
limit_record_remove(struct system_db *db, struct str name, struct error *err)
{
	return system_db_write(db, limit_delete, &name, err);
}

static enum status
limit_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct limit_record *r = array_add(list, sizeof(*r));
	struct str type = value_text(list->arena, &v[2]);
	struct str verb = value_text(list->arena, &v[11]);
	enum status st = limit_type_parse(type, &r->type, NULL);

	(void)n; /* as many as the statement names */
	if (st == ST_OK && !str_is_null(verb))
		st = verbs_parse(verb, &r->verb_mask, NULL);
	r->id = value_i64(&v[0]);
	r->name = value_text(list->arena, &v[1]);
	r->rate = value_i64(&v[3]);
	r->period = (uint32_t)value_i64(&v[4]);
	r->app_id = value_i64(&v[5]);
	r->app_name = value_text(list->arena, &v[6]);
	r->role_id = value_i64(&v[7]);
	r->role_name = value_text(list->arena, &v[8]);
	r->service_id = value_i64(&v[9]);
	r->service_name = value_text(list->arena, &v[10]);
	r->active = value_i64(&v[12]) != 0;
	return st;
}

enum status
limit_records_list(struct system_db *db, struct arena *arena,
    struct limit_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_stmt stmt = DB_STMT_PLAIN(
	    "SELECT l.id, l.name, l.type, l.rate, l.period, l.app_id, a.name,"
	    " l.role_id, r.name, l.service_id, s.name, l.verb, l.is_active"
	    " FROM limits l LEFT JOIN app a ON a.id = l.app_id"
	    " LEFT JOIN role r ON r.id = l.role_id"
	    " LEFT JOIN service s ON s.id = l.service_id ORDER BY l.name");
	enum status st = system_db_run(db, &stmt, limit_row, &list, err);

	*out = (struct limit_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	if (st == ST_INVALID)
		return error_set(
		    err, st, "a limit has a type or verb this weir lacks");
	return st;
}
