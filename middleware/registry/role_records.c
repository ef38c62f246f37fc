#include "middleware/registry/role_records.h"

#include "middleware/registry/audit.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/words.h"

#define BEARERS_SHOWN 3

static enum status
role_insert(struct system_db *db, void *ctx, struct error *err)
{
	struct role_record *r = ctx;
	char now[DATE_BYTES];
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(r->name),
		bind_text(r->description), bind_i64(r->active ? 1 : 0),
		bind_text(str_of(now)), bind_text(str_of(now)), bind_actor(db),
		bind_actor(db) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO role (name, description, is_active,"
		    " created_date, last_modified_date, created_by_id,"
		    " last_modified_by_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &r->id, err);
	if (st == ST_OK)
		st = audit_added(db, AUDIT_ROLE, r->id, err);
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

	if (st == ST_OK)
		st = lookup_undeclared(db, NOUN_ROLE, record->name, err);
	if (st == ST_OK)
		st = description_check(record->description, err);
	return st == ST_OK ? system_db_write(db, role_insert, record, err) : st;
}

/* A change on its way into the database. */
struct changing {
	struct str name;
	const struct role_change *change;
};

static enum status
role_update(struct system_db *db, void *ctx, struct error *err)
{
	const struct changing *c = ctx;
	struct error why = { 0 };
	char now[DATE_BYTES];
	int64_t id = 0;
	enum status st = lookup_id(db, NOUN_ROLE, c->name, &id, err);

	if (st == ST_OK)
		st = audit_watch(db, AUDIT_ROLE, id, err);
	if (st != ST_OK)
		return st;
	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(c->change->name),
		bind_text(c->change->description), bind_flip(c->change->active),
		bind_text(str_of(now)), bind_actor(db), bind_i64(id) };
	struct db_stmt stmt =
	    DB_STMT("UPDATE role SET name = COALESCE(?, name),"
		    " description = COALESCE(?, description),"
		    " is_active = COALESCE(?, is_active),"
		    " last_modified_date = ?, last_modified_by_id = ?"
		    " WHERE id = ?",
		args);

	st = system_db_run(db, &stmt, NULL, NULL, &why);
	if (st == ST_EXISTS)
		return error_set(err, st,
		    "another role is named \"%.*s\" already",
		    STR_ARG(c->change->name));
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

enum status
role_record_set(struct system_db *db, struct str name,
    const struct role_change *change, struct error *err)
{
	struct changing changing = { name, change };
	enum status st = ST_OK;

	if (!str_is_null(change->name))
		st = record_name_check(change->name, "role", err);
	if (st == ST_OK)
		st = lookup_undeclared(db, NOUN_ROLE, change->name, err);
	if (st == ST_OK)
		st = description_check(change->description, err);
	return st == ST_OK ? system_db_write(db, role_update, &changing, err)
			   : st;
}

/* What acts with a role, as far as a message has room for it. */
struct bearers {
	struct buf names;
	size_t n;
};

static enum status
bearer_row(void *ctx, const struct db_value *v, size_t n)
{
	struct bearers *b = ctx;

	(void)n; /* as many as the statement names */
	if (b->n++ < BEARERS_SHOWN)
		buf_printf(&b->names, "%s\"%.*s\"", b->n == 1 ? "" : ", ",
		    STR_ARG(v[0].s));
	return ST_OK;
}

/* Who may bear a role, and how it is taken from them. */
struct bearing {
	const char *noun;
	const char *sql;
	const char *advice;
};

static const struct bearing bearings[] = {
	{ "app", "SELECT name FROM app WHERE role_id = ? ORDER BY name",
	    "`weir app set APP --role ROLE` gives another, --no-role none" },
	{ "user",
	    "SELECT DISTINCT u.email FROM user u JOIN user_to_app_to_role x"
	    " ON x.user_id = u.id WHERE x.role_id = ? ORDER BY u.email",
	    "`weir user grant USER --app APP --role ROLE` gives another, "
	    "`weir user revoke` none" },
};

static enum status
bearing_check(struct system_db *db, const struct bearing *bearing, int64_t id,
    struct str role, struct error *err)
{
	struct bearers b = { 0 };
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = { str_of(bearing->sql), args, 1 };
	enum status st = system_db_run(db, &stmt, bearer_row, &b, err);

	if (st == ST_OK && b.n > 0)
		st = error_set(err, ST_INVALID,
		    "%zu %s%s with the role \"%.*s\" (%.*s%s): %s", b.n,
		    bearing->noun, b.n == 1 ? " acts" : "s act", STR_ARG(role),
		    STR_ARG(buf_str(&b.names)),
		    b.n > BEARERS_SHOWN ? " ..." : "", bearing->advice);
	buf_free(&b.names);
	return st;
}

static enum status
unused_check(
    struct system_db *db, int64_t id, struct str role, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < sizeof(bearings) / sizeof(bearings[0]); i++) {
		if (st == ST_OK)
			st = bearing_check(db, &bearings[i], id, role, err);
	}
	return st;
}

static const char *const delete_parts[] = {
	"DELETE FROM role_service_access WHERE role_id = ?",
	"DELETE FROM limits WHERE role_id = ?",
	"DELETE FROM lookup WHERE role_id = ?",
	"DELETE FROM role WHERE id = ?",
	NULL,
};

static enum status
role_delete(struct system_db *db, void *ctx, struct error *err)
{
	const struct str *name = ctx;
	int64_t id = 0;
	enum status st = lookup_id(db, NOUN_ROLE, *name, &id, err);

	if (st == ST_OK)
		st = unused_check(db, id, *name, err);
	if (st == ST_OK)
		st = audit_watch(db, AUDIT_ROLE, id, err);
	return st == ST_OK ? system_db_each(db, delete_parts, id, err) : st;
}

enum status
role_record_remove(struct system_db *db, struct str name, struct error *err)
{
	return system_db_write(db, role_delete, &name, err);
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
