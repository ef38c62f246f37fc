/* Logging in and out: POST, GET, PUT and DELETE of a session. */
#include <unistd.h>

#include "app/base/jsonout.h"
#include "app/base/settings.h"
#include "app/services/user/account.h"
#include "middleware/login.h"
#include "middleware/principal.h"
#include "middleware/registry/session_records.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/session.h"
#include "middleware/session_begin.h"

#define WRONG      "Invalid credentials supplied."
#define HOST_BYTES 256
#define SECOND_MS  1000

/* A user who is changed between the look at the password and the log-in is
 * looked at again, so often. */
#define TRIES 3

/* What a session object is made of. */
struct shown {
	const struct principal *who;
	struct str token; /* STR_NULL: none, as with HTTP Basic */
	int64_t expires;  /* Unix seconds; 0: never */
};

static void
put_text(struct buf *b, const char *name, struct str value)
{
	json_put_name(b, str_of(name));
	json_put_str(b, value);
}

static void
put_token(struct buf *b, const char *name, struct str token)
{
	json_put_name(b, str_of(name));
	if (str_is_null(token))
		buf_put_lit(b, "null");
	else
		json_put_str(b, token);
}

static void
put_host(struct buf *b)
{
	char host[HOST_BYTES];

	if (gethostname(host, sizeof(host)) != 0)
		host[0] = '\0';
	host[sizeof(host) - 1] = '\0';
	put_text(b, "host", str_of(host));
}

static void
put_expiry(struct buf *b, int64_t expires)
{
	char date[DATE_BYTES];

	if (expires == 0)
		return;
	date_text(expires * SECOND_MS, date);
	put_text(b, "token_expiry_date", str_of(date));
}

static void
put_role(struct buf *b, const struct request *req, const struct principal *who)
{
	const struct role *role = NULL;

	if (!principal_is_free(who))
		role = principal_role(who, req->snapshot, req->app);
	if (role == NULL)
		return;
	put_text(b, "role", role->name);
	json_put_name(b, STR("role_id"));
	buf_put_i64(b, role->id);
}

/* The members and their order are those of dreamfactory.md 2.6. */
static void
show(struct account_call *c, const struct shown *shown)
{
	const struct principal *who = shown->who;
	struct buf *b = &c->req->response.build;

	buf_put_char(b, '{');
	put_token(b, "session_token", shown->token);
	put_token(b, "session_id", shown->token);
	json_put_name(b, STR("id"));
	buf_put_i64(b, who->id);
	put_text(b, "name", who->name);
	put_text(b, "first_name", who->first_name);
	put_text(b, "last_name", who->last_name);
	put_text(b, "email", who->email);
	json_put_name(b, STR("is_sys_admin"));
	json_put_bool(b, who->is_sys_admin);
	put_text(b, "last_login_date", who->last_login_date);
	put_host(b);
	put_expiry(b, shown->expires);
	put_role(b, c->req, who);
	buf_put_char(b, '}');
	account_answer(c);
}

/* The session of a grant, whose user is read as it is now. */
static void
show_grant(struct account_call *c, const struct session_grant *grant)
{
	struct shown shown = { .token = grant->token,
		.expires = grant->claims.expires };
	struct principal who;
	struct user_record user;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!account_db_take(c, &db))
		return;
	st = user_record_get(
	    &db, c->req->arena, grant->claims.user_id, &user, &err);
	if (st == ST_OK)
		st = principal_read(&db, c->req->arena, &user, &who, &err);
	account_db_give(c, &db);
	shown.who = &who;
	if (st == ST_OK)
		show(c, &shown);
	else
		account_fault(c, st, &err);
}

static void
session_get(struct account_call *c)
{
	struct request *req = c->req;
	struct shown shown = { .token = req->token_sent };

	if (c->admin && req->principal == NULL) {
		response_fail(req, 404, "No user session found.");
		return;
	}
	shown.who = account_caller(c);
	if (shown.who == NULL)
		return;
	if (req->token != NULL)
		shown.expires = req->token->expires;
	show(c, &shown);
}

/* ST_OK, or the response holds the refusal. */
static enum status
order_read(struct account_call *c, struct login_order *out)
{
	bool by_name = c->req->settings->login_attribute == LOGIN_BY_USERNAME;
	const char *attribute = by_name ? "username" : "email";

	*out = (struct login_order){
		.by = by_name ? USER_USERNAME : USER_EMAIL,
		.name = account_text(c, attribute),
		.password = account_text(c, "password"),
		.admin = c->admin,
	};
	if (out->name.n > 0 && out->password.n > 0)
		return ST_OK;
	response_fail(c->req, 400, "Login request is missing required %s.",
	    out->name.n == 0 ? attribute : "password");
	return ST_INVALID;
}

/* The role with which the user would act in the app of the key. */
static bool
role_is_active(struct account_call *c, const struct user_record *user)
{
	struct request *req = c->req;
	const struct role *role;
	struct principal who;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!account_db_take(c, &db))
		return false;
	st = principal_read(&db, req->arena, user, &who, &err);
	account_db_give(c, &db);
	if (st != ST_OK) {
		account_fault(c, st, &err);
		return false;
	}
	role = principal_role(&who, req->snapshot, req->app);
	if (role == NULL || role->active)
		return true;
	response_fail(req, 403, "Role is not active.");
	return false;
}

static void
session_post(struct account_call *c)
{
	struct login_order order;
	struct session_grant grant;
	struct user_record user;
	enum status st = ST_DENIED;

	if (!account_body(c) || order_read(c, &order) != ST_OK)
		return;
	for (int i = 0; i < TRIES && st == ST_DENIED; i++) {
		if (login_verify(c->req, &order, WRONG, &user) != ST_OK ||
		    !role_is_active(c, &user))
			return;
		if (account_begin(c, &user,
			account_asks(c, "remember_me", false), &grant, &st))
			show_grant(c, &grant);
	}
	if (st == ST_DENIED)
		response_unauthorized(c->req, WRONG);
}

static void
refuse_refresh(struct account_call *c, const char *why)
{
	response_unauthorized(c->req,
	    arena_printf(c->req->arena, "Token refresh failed. %s", why).p);
}

/* A token of one who does not administer is none of /system/admin. */
static enum status
kind_check(struct account_call *c, struct system_db *db, struct error *err)
{
	struct user_record user;
	enum status st;

	if (!c->admin)
		return ST_OK;
	st = user_record_get(
	    db, c->req->arena, c->req->token->user_id, &user, NULL);
	if (st == ST_MISSING || (st == ST_OK && !user.is_sys_admin))
		return error_set(
		    err, ST_DENIED, "It is not the token of an administrator.");
	return st;
}

static enum status
renew(struct account_call *c, struct session_grant *grant, struct error *err)
{
	struct system_db db;
	enum status st;

	if (!account_db_take(c, &db))
		return ST_REFUSED;
	st = kind_check(c, &db, err);
	if (st == ST_OK)
		st = session_renew(c->req, &db, c->req->token, grant, err);
	account_db_give(c, &db);
	return st;
}

static void
session_put(struct account_call *c)
{
	struct request *req = c->req;
	struct session_grant grant;
	struct error err = { 0 };
	enum status st;

	if (req->token == NULL) {
		refuse_refresh(c, "No session token was sent.");
		return;
	}
	if (!session_forget_before(req, req->token->user_id))
		return;
	st = renew(c, &grant, &err);
	if (st == ST_DENIED)
		refuse_refresh(c, err.text);
	else if (st != ST_OK && st != ST_REFUSED)
		account_fault(c, st, &err);
	if (st == ST_OK && session_forget_after(req, req->token->user_id))
		show_grant(c, &grant);
}

/* With `all` every session of the user, for which the token must be of one that
 * has not ended. */
static enum status
end(struct account_call *c, struct system_db *db, bool all, struct error *err)
{
	const struct jwt *token = c->req->token;
	struct session_record session;
	enum status st;

	if (!all)
		return session_end(db, token, err);
	st = session_record_find(db, c->req->arena, token->id, &session, err);
	if (st == ST_OK && session.user_id == token->user_id)
		st = session_records_end(db, token->user_id, 0, err);
	return st == ST_MISSING ? ST_OK : st;
}

static void
session_delete(struct account_call *c)
{
	struct request *req = c->req;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (req->token == NULL) {
		account_succeed(c, NULL);
		return;
	}
	if (!session_forget_before(req, req->token->user_id) ||
	    !account_db_take(c, &db))
		return;
	st = end(c, &db, request_asks(req, "all"), &err);
	account_db_give(c, &db);
	if (st != ST_OK)
		account_fault(c, st, &err);
	else if (session_forget_after(req, req->token->user_id))
		account_succeed(c, NULL);
}

void
account_session(struct account_call *c)
{
	struct request *req = c->req;

	if (!account_allows(
		req, METHOD_GET | METHOD_POST | METHOD_PUT | METHOD_DELETE))
		return;
	if (request_reads(req))
		session_get(c);
	else if (req->method == METHOD_POST)
		session_post(c);
	else if (req->method == METHOD_PUT)
		session_put(c);
	else
		session_delete(c);
}
