#include "middleware/registry/grant_records.h"

#include "app/base/arena.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/row_filters.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

#define ARENA_FIRST 4096u

/* A row on its way into the database, or out of it. */
struct granting {
	const struct grant_order *order;
	struct str component;
	struct str filter_op; /* STR_NULL: as it is */
	int64_t role_id;
	int64_t service_id;
	int64_t row_id; /* 0: there is none yet */
	int64_t id;     /* of the row that is meant */
	bool changed;
};

/* Engines differ in what they take for the same letter: weir compares. */
static enum status
row_compare(void *ctx, const struct db_value *v, size_t n)
{
	struct granting *g = ctx;

	(void)n; /* as many as the statement names */
	if (str_eq_nocase(v[1].s, g->component))
		g->row_id = value_i64(&v[0]);
	return ST_OK;
}

/* The role, the service, and the row if it stands there. */
static enum status
row_find(struct system_db *db, struct granting *g, struct error *err)
{
	enum status st =
	    lookup_id(db, NOUN_ROLE, g->order->role, &g->role_id, err);

	if (st == ST_OK && !str_eq(g->order->service, STR("*")))
		st = lookup_id(
		    db, NOUN_SERVICE, g->order->service, &g->service_id, err);
	if (st != ST_OK)
		return st;
	struct db_value args[] = { bind_i64(g->role_id),
		bind_i64(g->service_id), bind_i64(g->order->requestor_mask) };
	struct db_stmt stmt =
	    DB_STMT("SELECT id, component FROM role_service_access"
		    " WHERE role_id = ? AND COALESCE(service_id, 0) = ?"
		    " AND requestor_mask = ?",
		args);

	return system_db_run(db, &stmt, row_compare, g, err);
}

static enum status
row_change(struct system_db *db, const struct granting *g, struct error *err)
{
	char now[DATE_BYTES];
	enum status st = audit_watch(db, AUDIT_ROLE_ACCESS, g->row_id, err);

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_i64(g->order->verb_mask),
		bind_text(g->order->filters), bind_text(g->filter_op),
		bind_text(str_of(now)), bind_actor(db), bind_i64(g->row_id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE role_service_access"
		    " SET verb_mask = ?, filters = COALESCE(?, filters),"
		    " filter_op = COALESCE(?, filter_op),"
		    " last_modified_date = ?, last_modified_by_id = ?"
		    " WHERE id = ?",
		args);

	return st == ST_OK ? system_db_run(db, &stmt, NULL, NULL, err) : st;
}

static enum status
row_insert(struct system_db *db, const struct granting *g, struct error *err)
{
	char now[DATE_BYTES];
	enum status st;
	int64_t id;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_i64(g->role_id), bind_id(g->service_id),
		bind_text(g->component), bind_i64(g->order->verb_mask),
		bind_i64(g->order->requestor_mask),
		bind_text(g->order->filters), bind_text(g->filter_op),
		bind_text(str_of(now)), bind_text(str_of(now)), bind_actor(db),
		bind_actor(db) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO role_service_access (role_id, service_id,"
		    " component, verb_mask, requestor_mask, filters, filter_op,"
		    " created_date, last_modified_date, created_by_id,"
		    " last_modified_by_id) VALUES"
		    " (?, ?, ?, ?, ?, ?, COALESCE(?, 'and'), ?, ?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &id, err);
	return st == ST_OK ? audit_added(db, AUDIT_ROLE_ACCESS, id, err) : st;
}

static enum status
put(struct system_db *db, void *ctx, struct error *err)
{
	struct granting *g = ctx;
	enum status st = row_find(db, g, err);

	if (st != ST_OK)
		return st;
	g->changed = g->row_id != 0;
	return g->changed ? row_change(db, g, err) : row_insert(db, g, err);
}

/* Filters are about the tables of a service. */
static enum status
filters_check(struct granting *g, struct error *err)
{
	const struct grant_order *order = g->order;
	const struct row_filters *filters = NULL;
	struct arena arena;
	enum status st = ST_OK;

	if (order->filter_op.n > 0)
		st = row_filters_joint_check(order->filter_op, err);
	if (order->filter_op.n > 0 || !str_is_null(order->filters))
		g->filter_op = order->filter_op;
	if (st != ST_OK || str_is_null(order->filters))
		return st;
	if (g->filter_op.n == 0)
		g->filter_op = STR("and");
	arena_init(&arena, ARENA_FIRST);
	st = row_filters_parse(
	    &arena, order->filters, g->filter_op, &filters, err);
	if (st == ST_OK && filters != NULL && str_eq(order->service, STR("*")))
		st = error_set(err, ST_INVALID,
		    "filters are about the tables of one service, not of all");
	arena_close(&arena);
	return st;
}

enum status
grant_record_put(struct system_db *db, const struct grant_order *order,
    bool *changed, struct error *err)
{
	struct granting g = { .order = order,
		.component = component_trim(order->component) };
	enum status st = component_check(order->service, g.component, err);

	if (st == ST_OK)
		st = filters_check(&g, err);
	if (st == ST_OK)
		st = system_db_write(db, put, &g, err);
	*changed = g.changed;
	return st;
}

/* Is the row that is meant one of the role? */
static enum status
row_own(struct system_db *db, struct granting *g, struct error *err)
{
	int64_t role_id = 0;
	enum status st =
	    lookup_id(db, NOUN_ROLE, g->order->role, &g->role_id, err);
	struct db_value args[] = { bind_i64(g->id) };
	struct db_stmt stmt = DB_STMT(
	    "SELECT role_id FROM role_service_access WHERE id = ?", args);

	if (st == ST_OK)
		st = system_db_number(db, &stmt, &role_id, err);
	return st == ST_OK && role_id != g->role_id ? ST_MISSING : st;
}

static enum status
row_move(struct system_db *db, const struct granting *g, struct error *err)
{
	struct db_value args[] = { bind_id(g->service_id),
		bind_text(g->component), bind_i64(g->order->requestor_mask),
		bind_i64(g->id) };
	struct db_stmt stmt = DB_STMT(
	    "UPDATE role_service_access SET service_id = ?, component = ?,"
	    " requestor_mask = ? WHERE id = ?",
	    args);

	return system_db_run(db, &stmt, NULL, NULL, err);
}

static enum status
set(struct system_db *db, void *ctx, struct error *err)
{
	struct granting *g = ctx;
	enum status st = row_own(db, g, err);

	if (st == ST_OK)
		st = row_find(db, g, err);
	if (st != ST_OK)
		return st;
	if (g->row_id != 0 && g->row_id != g->id)
		return error_set(err, ST_EXISTS,
		    "the role \"%.*s\" has another row for \"%.*s\" of %.*s",
		    STR_ARG(g->order->role), STR_ARG(g->component),
		    STR_ARG(g->order->service));
	g->row_id = g->id;
	st = row_change(db, g, err);
	return st == ST_OK ? row_move(db, g, err) : st;
}

enum status
grant_record_set(struct system_db *db, int64_t id,
    const struct grant_order *order, struct error *err)
{
	struct granting g = { .order = order,
		.component = component_trim(order->component),
		.id = id };
	enum status st = component_check(order->service, g.component, err);

	if (st == ST_OK)
		st = filters_check(&g, err);
	return st == ST_OK ? system_db_write(db, set, &g, err) : st;
}

static enum status
row_delete(struct system_db *db, int64_t id, struct error *err)
{
	static const char *const parts[] = {
		"DELETE FROM role_service_access WHERE id = ?", NULL
	};
	enum status st = audit_watch(db, AUDIT_ROLE_ACCESS, id, err);

	return st == ST_OK ? system_db_each(db, parts, id, err) : st;
}

static enum status
drop(struct system_db *db, void *ctx, struct error *err)
{
	struct granting *g = ctx;
	enum status st = row_own(db, g, err);

	return st == ST_OK ? row_delete(db, g->id, err) : st;
}

enum status
grant_record_drop(struct system_db *db, int64_t id,
    const struct grant_order *order, struct error *err)
{
	struct granting g = { .order = order, .id = id };

	return system_db_write(db, drop, &g, err);
}

static enum status
take(struct system_db *db, void *ctx, struct error *err)
{
	struct granting *g = ctx;
	enum status st = row_find(db, g, err);

	if (st != ST_OK)
		return st;
	if (g->row_id == 0)
		return error_set(err, ST_MISSING,
		    "the role \"%.*s\" has no row for \"%.*s\" of %.*s: `weir "
		    "role show %.*s` lists those it has",
		    STR_ARG(g->order->role), STR_ARG(g->component),
		    STR_ARG(g->order->service), STR_ARG(g->order->role));
	return row_delete(db, g->row_id, err);
}

enum status
grant_record_remove(
    struct system_db *db, const struct grant_order *order, struct error *err)
{
	struct granting g = { .order = order,
		.component = component_trim(order->component) };

	return system_db_write(db, take, &g, err);
}
