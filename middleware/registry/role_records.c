#include "middleware/registry/role_records.h"

#include "middleware/registry/access.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

static enum status
role_insert(struct system_db *db, void *ctx, struct error *err)
{
	struct role_record *r = ctx;
	char now[DATE_BYTES];
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name),
		bind_text(r->description), bind_i64(r->active ? 1 : 0),
		bind_text(str_of(now)), bind_text(str_of(now)) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO role (name, description, is_active,"
		    " created_date, last_modified_date)"
		    " VALUES (?, ?, ?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &r->id, err);
	if (st != ST_EXISTS)
		return st;
	return error_set(err, ST_EXISTS,
	    "a role is named \"%.*s\" already: `weir role grant %.*s` adds to "
	    "it",
	    STR_ARG(r->name), STR_ARG(r->name));
}

enum status
role_record_add(
    struct system_db *db, struct role_record *record, struct error *err)
{
	enum status st = record_name_check(record->name, "role", err);

	return st == ST_OK ? system_db_write(db, role_insert, record, err) : st;
}

/* A grant on its way into the database. */
struct granting {
	const struct grant_order *order;
	struct str component;
	int64_t role_id;
	int64_t service_id;
	bool changed;
};

/* ST_MISSING when the role has no such row yet. */
static enum status
row_change(struct system_db *db, struct granting *g, struct error *err)
{
	char now[DATE_BYTES];

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_i64(g->order->verb_mask),
		bind_text(str_of(now)), bind_i64(g->role_id),
		bind_i64(g->service_id), bind_text(g->component),
		bind_i64(REQUESTOR_API) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE role_service_access"
		    " SET verb_mask = ?, last_modified_date = ?"
		    " WHERE role_id = ? AND COALESCE(service_id, 0) = ?"
		    " AND LOWER(component) = LOWER(?) AND requestor_mask = ?",
		args);

	return system_db_change(db, &stmt, err);
}

static enum status
row_insert(struct system_db *db, struct granting *g, struct error *err)
{
	char now[DATE_BYTES];
	int64_t id;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_i64(g->role_id), bind_id(g->service_id),
		bind_text(g->component), bind_i64(g->order->verb_mask),
		bind_i64(REQUESTOR_API), bind_text(str_of(now)),
		bind_text(str_of(now)) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO role_service_access (role_id, service_id,"
		    " component, verb_mask, requestor_mask, created_date,"
		    " last_modified_date) VALUES (?, ?, ?, ?, ?, ?, ?)",
		args);

	return system_db_insert(db, &stmt, &id, err);
}

static enum status
grant(struct system_db *db, void *ctx, struct error *err)
{
	struct granting *g = ctx;
	const struct grant_order *order = g->order;
	enum status st;

	st = lookup_id(db, NOUN_ROLE, order->role, &g->role_id, err);
	if (st == ST_OK && !str_eq(order->service, STR("*")))
		st = lookup_id(
		    db, NOUN_SERVICE, order->service, &g->service_id, err);
	if (st != ST_OK)
		return st;
	st = row_change(db, g, err);
	g->changed = st == ST_OK;
	return st == ST_MISSING ? row_insert(db, g, err) : st;
}

/* Without the slashes at its ends; a row is refused that matches nothing. */
static enum status
component_check(
    const struct grant_order *order, struct str *component, struct error *err)
{
	struct str c =
	    str_is_null(order->component) ? STR("") : order->component;

	while (c.n > 0 && c.p[0] == '/')
		c = str_skip(c, 1);
	while (c.n > 0 && c.p[c.n - 1] == '/')
		c.n--;
	*component = c;
	if (c.n > COMPONENT_MAX)
		return error_set(err, ST_INVALID,
		    "a component has at most %d bytes", COMPONENT_MAX);
	if (str_find(c, '*') + 1 < c.n)
		return error_set(err, ST_INVALID,
		    "component \"%.*s\": a * stands at the end only",
		    STR_ARG(c));
	if (str_eq(order->service, STR("*")) && c.n > 0 && !str_eq(c, STR("*")))
		return error_set(err, ST_INVALID,
		    "component \"%.*s\": for all services it is * or, for "
		    "their roots only, empty",
		    STR_ARG(c));
	return ST_OK;
}

enum status
role_record_grant(struct system_db *db, const struct grant_order *order,
    bool *changed, struct error *err)
{
	struct granting g = { .order = order };
	enum status st = component_check(order, &g.component, err);

	if (st == ST_OK)
		st = system_db_write(db, grant, &g, err);
	*changed = g.changed;
	return st;
}

static enum status
role_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct role_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->id = value_i64(&v[0]);
	r->name = value_text(list->arena, &v[1]);
	r->description = value_text(list->arena, &v[2]);
	r->active = value_i64(&v[3]) != 0;
	return ST_OK;
}

static enum status
access_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct access_record *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->role_id = value_i64(&v[0]);
	r->service_id = value_i64(&v[1]);
	r->service_name = value_text(list->arena, &v[2]);
	r->component = value_text(list->arena, &v[3]);
	r->verb_mask = (unsigned)value_i64(&v[4]);
	r->requestor_mask = (unsigned)value_i64(&v[5]);
	r->filters = value_text(list->arena, &v[6]);
	r->filter_op = value_text(list->arena, &v[7]);
	return ST_OK;
}

/* Both lists are in the order of the roles' names. */
static void
rows_share_out(struct role_record *roles, size_t n_roles,
    struct access_record *rows, size_t n_rows)
{
	size_t at = 0;

	for (size_t i = 0; i < n_roles && n_rows > 0; i++) {
		roles[i].rows = rows + at;
		while (at < n_rows && rows[at].role_id == roles[i].id)
			at++;
		roles[i].n_rows = (size_t)(rows + at - roles[i].rows);
	}
}

enum status
role_records_list(struct system_db *db, struct arena *arena,
    struct role_record **out, size_t *n, struct error *err)
{
	struct buf roles = buf_in(arena), rows = buf_in(arena);
	struct db_stmt list_roles =
	    DB_STMT_PLAIN("SELECT id, name, description, is_active FROM role"
			  " ORDER BY name, id");
	struct db_stmt list_rows = DB_STMT_PLAIN(
	    "SELECT a.role_id, a.service_id, s.name, a.component, a.verb_mask,"
	    " a.requestor_mask, a.filters, a.filter_op"
	    " FROM role_service_access a JOIN role r ON r.id = a.role_id"
	    " LEFT JOIN service s ON s.id = a.service_id"
	    " ORDER BY r.name, r.id, a.id");
	enum status st = system_db_run(db, &list_roles, role_row, &roles, err);

	if (st == ST_OK)
		st = system_db_run(db, &list_rows, access_row, &rows, err);
	*out = (struct role_record *)(void *)roles.p;
	*n = roles.n / sizeof(**out);
	rows_share_out(*out, *n, (struct access_record *)(void *)rows.p,
	    rows.n / sizeof(struct access_record));
	return st;
}
