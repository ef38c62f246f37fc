/* What the system database says of the one who shows a token. */
#include "app/base/arena.h"
#include "middleware/registry/session_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"
#include "middleware/session.h"

static enum status
roles_read(struct system_db *db, struct arena *arena, struct principal *who,
    struct error *err)
{
	struct user_role *list;
	struct principal_role *roles;
	size_t n;
	enum status st = user_roles_list(db, arena, who->id, &list, &n, err);

	if (st != ST_OK)
		return st;
	roles = arena_alloc(arena, (n + 1) * sizeof(*roles));
	for (size_t i = 0; i < n; i++)
		roles[i] =
		    (struct principal_role){ list[i].app_id, list[i].role_id };
	who->roles = roles;
	who->n_roles = n;
	return ST_OK;
}

static enum status
lookup_row(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *list = ctx;
	struct principal_lookup *lookup = array_add(list, sizeof(*lookup));

	(void)n; /* as many as the statement names */
	lookup->name = value_text(list->arena, &v[0]);
	lookup->value = value_text(list->arena, &v[1]);
	return ST_OK;
}

static enum status
lookups_read(struct system_db *db, struct arena *arena, struct principal *who,
    struct error *err)
{
	struct buf list = buf_in(arena);
	struct db_value args[] = { bind_i64(who->id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT name, value FROM lookup WHERE user_id = ?"
		    " AND private = 0 ORDER BY id",
		args);
	enum status st = system_db_run(db, &stmt, lookup_row, &list, err);

	who->lookups = (const struct principal_lookup *)(void *)list.p;
	who->n_lookups = list.n / sizeof(who->lookups[0]);
	return st;
}

enum status
principal_read(struct system_db *db, struct arena *arena,
    const struct user_record *user, struct principal *out, struct error *err)
{
	enum status st;

	*out = (struct principal){
		.id = user->id,
		.is_sys_admin = user->is_sys_admin,
		.name = user->name,
		.first_name = user->first_name,
		.last_name = user->last_name,
		.email = user->email,
		.username = user->username,
		.phone = user->phone,
		.last_login_date = user->last_login_date,
	};
	st = roles_read(db, arena, out, err);
	return st == ST_OK ? lookups_read(db, arena, out, err) : st;
}

/* The user is there and may log in: is the token one of its sessions? */
static enum status
session_find(struct system_db *db, struct arena *arena,
    const struct jwt *claims, struct session_view *out, struct error *err)
{
	struct session_record session;
	enum status st =
	    session_record_find(db, arena, claims->id, &session, err);

	out->state = SESSION_ENDED;
	if (st == ST_MISSING)
		return ST_OK;
	if (st != ST_OK || session.user_id != claims->user_id)
		return st;
	out->state = SESSION_GOOD;
	out->who.session_id = session.id;
	return ST_OK;
}

enum status
session_read(struct system_db *db, struct arena *arena,
    const struct jwt *claims, struct session_view *out, struct error *err)
{
	struct user_record user;
	struct error none = { 0 };
	enum status st =
	    user_record_get(db, arena, claims->user_id, &user, &none);

	*out = (struct session_view){ .state = SESSION_NOBODY,
		.who.id = claims->user_id };
	if (st == ST_MISSING)
		return ST_OK;
	if (st != ST_OK)
		return error_set(err, st, "%s", none.text);
	if (!user.active) {
		out->state = SESSION_INACTIVE;
		return ST_OK;
	}
	session_subject(user.email, out->subject);
	st = principal_read(db, arena, &user, &out->who, err);
	return st == ST_OK ? session_find(db, arena, claims, out, err) : st;
}
