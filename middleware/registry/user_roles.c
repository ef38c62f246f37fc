#include "middleware/registry/user_roles.h"

#include "middleware/registry/audit.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/system_db.h"

static enum status
role_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct user_role *r = array_add(list, sizeof(*r));

	(void)n; /* as many as the statement names */
	r->user_id = value_i64(&v[0]);
	r->app_id = value_i64(&v[1]);
	r->role_id = value_i64(&v[2]);
	r->app_name = value_text(list->arena, &v[3]);
	r->role_name = value_text(list->arena, &v[4]);
	return ST_OK;
}

#define SELECT_ROLES                                                           \
	"SELECT x.user_id, x.app_id, x.role_id, a.name, r.name"                \
	" FROM user_to_app_to_role x JOIN app a ON a.id = x.app_id"            \
	" JOIN role r ON r.id = x.role_id"

enum status
user_roles_list(struct system_db *db, struct arena *arena, int64_t user_id,
    struct user_role **out, size_t *n, struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_value args[] = { bind_i64(user_id) };
	struct db_stmt one =
	    DB_STMT(SELECT_ROLES " WHERE x.user_id = ? ORDER BY x.id", args);
	struct db_stmt all =
	    DB_STMT_PLAIN(SELECT_ROLES " ORDER BY x.user_id, x.id");
	enum status st =
	    system_db_run(db, user_id == 0 ? &all : &one, role_row, &list, err);

	*out = (struct user_role *)(void *)list.p;
	*n = list.n / sizeof(**out);
	return st;
}

/* What becomes of the row is audited. */
static enum status
role_watch(struct system_db *db, const struct user_role *r, struct error *err)
{
	struct db_value args[] = { bind_i64(r->user_id), bind_i64(r->app_id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT id FROM user_to_app_to_role WHERE user_id = ?"
		    " AND app_id = ?",
		args);

	return audit_watch_each(db, AUDIT_USER_ROLE, &stmt, err);
}

static enum status
role_update(struct system_db *db, const struct user_role *r, struct error *err)
{
	enum status st = role_watch(db, r, err);
	struct db_value args[] = { bind_i64(r->role_id), bind_i64(r->user_id),
		bind_i64(r->app_id) };
	struct db_stmt stmt = DB_STMT("UPDATE user_to_app_to_role"
				      " SET role_id = ? WHERE user_id = ?"
				      " AND app_id = ?",
	    args);

	return st == ST_OK ? system_db_run(db, &stmt, NULL, NULL, err) : st;
}

/* Insert comes first, so that of two at once the second one changes what the
 * first has put. */
static enum status
put(struct system_db *db, void *ctx, struct error *err)
{
	struct user_role *r = ctx;
	int64_t id;
	enum status st = lookup_id(db, NOUN_APP, r->app_name, &r->app_id, err);

	if (st == ST_OK)
		st = lookup_id(db, NOUN_ROLE, r->role_name, &r->role_id, err);
	if (st != ST_OK)
		return st;
	struct db_value args[] = { bind_i64(r->user_id), bind_i64(r->app_id),
		bind_i64(r->role_id) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO user_to_app_to_role (user_id, app_id, role_id)"
		    " VALUES (?, ?, ?)",
		args);

	st = system_db_insert(db, &stmt, &id, err);
	if (st == ST_OK)
		return audit_added(db, AUDIT_USER_ROLE, id, err);
	return st == ST_EXISTS ? role_update(db, r, err) : st;
}

enum status
user_role_put(struct system_db *db, struct user_role *role, struct error *err)
{
	return system_db_transact(db, put, role, err);
}

static enum status
take(struct system_db *db, void *ctx, struct error *err)
{
	struct user_role *r = ctx;
	enum status st = lookup_id(db, NOUN_APP, r->app_name, &r->app_id, err);
	struct db_value args[] = { bind_i64(r->user_id), bind_i64(r->app_id) };
	struct db_stmt stmt =
	    DB_STMT("DELETE FROM user_to_app_to_role WHERE user_id = ?"
		    " AND app_id = ?",
		args);

	if (st == ST_OK)
		st = role_watch(db, r, err);
	if (st != ST_OK)
		return st;
	st = system_db_change(db, &stmt, err);
	if (st != ST_MISSING)
		return st;
	return error_set(err, st, "the user has no role in the app \"%.*s\"",
	    STR_ARG(r->app_name));
}

enum status
user_role_remove(
    struct system_db *db, struct user_role *role, struct error *err)
{
	return system_db_transact(db, take, role, err);
}
