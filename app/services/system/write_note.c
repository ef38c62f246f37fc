/* What the functions of the resources tell the call, and ask of it. */
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/services/system/rights.h"
#include "app/services/system/write.h"
#include "middleware/registry/system_db.h"
#include "middleware/request.h"
#include "middleware/session.h"

#define SECOND_MS   1000
#define NAMES_SHOWN 5

void
system_write_service(struct system_write *w, struct str name)
{
	w->services[w->n_services++] = name;
}

enum status
system_write_user(struct system_write *w, int64_t id, struct error *err)
{
	int64_t soon = clock_boot_ms() + w->req->settings->store_timeout;

	w->store_down = session_forget(w->req->stores, id, soon) != ST_OK;
	if (w->store_down)
		return error_set(err, ST_UNAVAILABLE,
		    "The session store cannot be reached: nothing was changed, "
		    "since sessions could go on as they were.");
	w->users[w->n_users++] = id;
	return ST_OK;
}

void
system_write_key(struct system_write *w, int64_t app_id, struct str key)
{
	w->shown[w->n_shown++] = (struct shown_key){ app_id, key };
}

enum status
system_write_invite(
    struct system_write *w, int64_t id, struct str email, struct error *err)
{
	struct invite *invite = &w->invites[w->n_invites];
	int64_t until_ms =
	    w->db->wall_ms + w->req->settings->confirm_code_ttl * SECOND_MS;
	enum status st =
	    user_code_new(w->db, w->keys, id, until_ms, invite->code, err);

	if (st != ST_OK)
		return st;
	invite->email = email;
	w->n_invites++;
	return ST_OK;
}

struct name_read {
	struct arena *arena;
	struct str name;
};

static enum status
name_row(void *ctx, const struct db_value *v, size_t n)
{
	struct name_read *r = ctx;

	(void)n; /* as many as the statement names */
	r->name = value_text(r->arena, &v[0]);
	return ST_OK;
}

enum status
system_write_name(struct system_write *w, const char *sql, int64_t id,
    struct str *name, struct error *err)
{
	struct name_read r = { .arena = w->arena };
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = { str_of(sql), args, 1 };
	enum status st = system_db_run(w->db, &stmt, name_row, &r, err);

	*name = r.name;
	return st == ST_OK && str_is_null(r.name) ? ST_MISSING : st;
}

enum status
system_write_refer(struct system_write *w, const char *member, const char *sql,
    int64_t id, struct str *name, struct error *err)
{
	enum status st;

	*name = STR_NULL;
	if (id == 0)
		return ST_OK;
	st = system_write_name(w, sql, id, name, err);
	if (st != ST_MISSING)
		return st;
	return error_set(err, ST_INVALID, "%s: there is none of the id %lld.",
	    member, (long long)id);
}

enum status
system_write_give(
    struct system_write *w, int64_t role_id, int64_t before, struct error *err)
{
	if (role_id == 0 || role_id == before ||
	    system_rights_give(w->req, role_id))
		return ST_OK;
	return error_set(err, ST_DENIED,
	    "role_id: who may not change roles gives none but its own.");
}

/* What uses a record, as far as a message has room for it. */
struct users {
	struct buf names;
	size_t n;
};

static enum status
user_row(void *ctx, const struct db_value *v, size_t n)
{
	struct users *u = ctx;

	(void)n; /* as many as the statement names */
	if (u->n++ < NAMES_SHOWN)
		buf_printf(&u->names, "%s%.*s \"%.*s\"", u->n == 1 ? "" : ", ",
		    STR_ARG(v[0].s), STR_ARG(v[1].s));
	return ST_OK;
}

enum status
system_write_unused(struct system_write *w, const char *kind, bool may_go,
    const struct db_stmt *users, struct error *err)
{
	struct users u = { .names = buf_in(w->arena) };
	enum status st = ST_OK;

	if (!may_go || !request_asks(w->req, "force"))
		st = system_db_run(w->db, users, user_row, &u, err);
	if (st != ST_OK || u.n == 0)
		return st;
	return error_set(err, ST_EXISTS, "The %s is in use by %.*s%s: %s.",
	    kind, STR_ARG(buf_str(&u.names)),
	    u.n > NAMES_SHOWN ? " and more" : "",
	    may_go ? "take it out of them first, or say force=true, which "
		     "does that"
		   : "give them another first, or none");
}
