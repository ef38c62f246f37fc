#include "middleware/registry/limit_records.h"

#include "middleware/registry/audit.h"
#include "middleware/registry/limit_check.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

static enum status
parts_find(struct system_db *db, struct limit_record *r, struct error *err)
{
	enum status st = ST_OK;

	r->app_id = r->user_id = r->role_id = r->service_id = 0;
	if (!str_is_null(r->app_name))
		st = lookup_id(db, NOUN_APP, r->app_name, &r->app_id, err);
	if (st == ST_OK && !str_is_null(r->user_email))
		st = lookup_id(db, NOUN_USER, r->user_email, &r->user_id, err);
	if (st == ST_OK && !str_is_null(r->role_name))
		st = lookup_id(db, NOUN_ROLE, r->role_name, &r->role_id, err);
	if (st == ST_OK && !str_is_null(r->service_name))
		st = lookup_id(
		    db, NOUN_SERVICE, r->service_name, &r->service_id, err);
	return st;
}

/* In the words of dreamfactory.md 4.5, which clients of the System API read. */
static enum status
refuse_second(
    struct system_db *db, const struct limit_record *r, struct error *err)
{
	struct error why = { 0 };
	int64_t id;

	if (lookup_id(db, NOUN_LIMIT, r->name, &id, &why) == ST_OK &&
	    id != r->id)
		return error_set(err, ST_EXISTS,
		    "A limit is named \"%.*s\" already.", STR_ARG(r->name));
	return error_set(err, ST_EXISTS,
	    "A limit already exists with those parameters. No records added.");
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
	limit_key_text_put(&key_text, r);
	verbs_put(&verb, r->verb_mask);
	struct db_value args[] = { bind_text(r->name),
		bind_text(r->description), bind_text(limit_type_name(r->type)),
		bind_i64(r->rate), bind_i64(r->period),
		bind_text(limit_algorithm_name(r->algorithm)),
		bind_id(r->burst), bind_i64(r->lockout ? 1 : 0),
		bind_id(r->app_id), bind_id(r->user_id), bind_id(r->role_id),
		bind_id(r->service_id), bind_text(r->endpoint),
		bind_text(r->verb_mask == 0 ? STR_NULL : buf_str(&verb)),
		bind_text(buf_str(&key_text)), bind_i64(r->dry_run ? 1 : 0),
		bind_i64(r->active ? 1 : 0), bind_text(str_of(now)),
		bind_actor(db),
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

/* Empty texts are absent ones. */
static enum status
limit_ready(struct limit_record *r, struct error *err)
{
	r->endpoint = component_trim(r->endpoint);
	if (r->endpoint.n == 0)
		r->endpoint = STR_NULL;
	if (r->description.n == 0)
		r->description = STR_NULL;
	return limit_record_check(r, err);
}

static enum status
limit_insert(struct system_db *db, void *ctx, struct error *err)
{
	return limit_store(db,
	    "INSERT INTO limits (name, description, type, rate, period,"
	    " algorithm, burst, lockout, app_id, user_id, role_id, service_id,"
	    " endpoint, verb, key_text, dry_run, is_active,"
	    " last_modified_date, last_modified_by_id, created_date,"
	    " created_by_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?, ?, ?, ?, ?, ?, ?)",
	    ctx, err);
}

enum status
limit_record_add(
    struct system_db *db, struct limit_record *record, struct error *err)
{
	enum status st = limit_ready(record, err);

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
		st = limit_ready(r, err);
	if (st != ST_OK)
		return st;
	return limit_store(db,
	    "UPDATE limits SET name = ?, description = ?, type = ?, rate = ?,"
	    " period = ?, algorithm = ?, burst = ?, lockout = ?, app_id = ?,"
	    " user_id = ?, role_id = ?, service_id = ?, endpoint = ?, verb = ?,"
	    " key_text = ?, dry_run = ?, is_active = ?,"
	    " last_modified_date = ?, last_modified_by_id = ? WHERE id = ?",
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
words_read(struct limit_record *r, struct arena *arena,
    const struct db_value *type, const struct db_value *algorithm,
    const struct db_value *verb)
{
	enum status st =
	    limit_type_parse(value_text(arena, type), &r->type, NULL);

	if (st == ST_OK)
		st = limit_algorithm_parse(
		    value_text(arena, algorithm), &r->algorithm, NULL);
	return st == ST_OK ? limit_verb_parse(
				 value_text(arena, verb), &r->verb_mask, NULL)
			   : st;
}

static enum status
limit_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct arena *arena = list->arena;
	struct limit_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	*r = (struct limit_record){
		.id = value_i64(&v[0]),
		.name = value_text(arena, &v[1]),
		.description = value_text(arena, &v[2]),
		.rate = value_i64(&v[4]),
		.period = (uint32_t)value_i64(&v[5]),
		.burst = value_i64(&v[7]),
		.lockout = value_i64(&v[8]) != 0,
		.app_id = value_i64(&v[9]),
		.app_name = value_text(arena, &v[10]),
		.user_id = value_i64(&v[11]),
		.user_email = value_text(arena, &v[12]),
		.role_id = value_i64(&v[13]),
		.role_name = value_text(arena, &v[14]),
		.service_id = value_i64(&v[15]),
		.service_name = value_text(arena, &v[16]),
		.endpoint = value_text(arena, &v[17]),
		.dry_run = value_i64(&v[19]) != 0,
		.active = value_i64(&v[20]) != 0,
		.key_text = value_text(arena, &v[21]),
	};
	return words_read(r, arena, &v[3], &v[6], &v[18]);
}

enum status
limit_records_list(struct system_db *db, struct arena *arena,
    struct limit_record **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_stmt stmt = DB_STMT_PLAIN(
	    "SELECT l.id, l.name, l.description, l.type, l.rate, l.period,"
	    " l.algorithm, l.burst, l.lockout, l.app_id, a.name, l.user_id,"
	    " u.email, l.role_id, r.name, l.service_id, s.name, l.endpoint,"
	    " l.verb, l.dry_run, l.is_active, l.key_text"
	    " FROM limits l LEFT JOIN app a ON a.id = l.app_id"
	    " LEFT JOIN user u ON u.id = l.user_id"
	    " LEFT JOIN role r ON r.id = l.role_id"
	    " LEFT JOIN service s ON s.id = l.service_id ORDER BY l.name");
	enum status st = system_db_run(db, &stmt, limit_row, &list, err);

	*out = (struct limit_record *)(void *)list.p;
	*n = list.n / sizeof(**out);
	if (st == ST_INVALID)
		return error_set(err, st,
		    "a limit has a type, algorithm or verb that this "
		    "weir lacks");
	return st;
}
