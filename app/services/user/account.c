#include "app/services/user/account.h"

#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/password.h"
#include "app/base/password_gate.h"
#include "middleware/people.h"
#include "middleware/principal.h"
#include "middleware/registry/system_pool.h"
#include "middleware/request.h"
#include "middleware/session_begin.h"

#define ADDRESS_MAX 64 /* bytes of a client's address that are kept */

static const enum method methods_known[] = { METHOD_GET, METHOD_POST,
	METHOD_PUT, METHOD_PATCH, METHOD_DELETE };

enum entrance
account_entrance(const struct request *req, struct str resource)
{
	unsigned method = (unsigned)req->method;

	if (str_eq_nocase(resource, STR("session"))) {
		if (method == METHOD_POST)
			return ENTRANCE_LOGIN;
		return (method & (METHOD_PUT | METHOD_DELETE)) != 0
			   ? ENTRANCE_TOKEN
			   : ENTRANCE_OPEN;
	}
	if (str_eq_nocase(resource, STR("password")) && method == METHOD_POST)
		return ENTRANCE_OPEN;
	return ENTRANCE_ROLE;
}

static void
put_methods(struct request *req, unsigned methods)
{
	struct buf list = buf_in(req->arena);

	for (size_t i = 0; i < sizeof(methods_known) / sizeof(methods_known[0]);
	     i++) {
		if ((methods & methods_known[i]) == 0)
			continue;
		buf_put(&list, method_name(methods_known[i]));
		buf_put_lit(&list, ", ");
		if (methods_known[i] == METHOD_GET)
			buf_put_lit(&list, "HEAD, ");
	}
	buf_put_lit(&list, "OPTIONS");
	response_header(&req->response, STR("Allow"), buf_str(&list));
}

bool
account_allows(struct request *req, unsigned methods)
{
	unsigned method = request_reads(req) ? METHOD_GET : req->method;

	if ((methods & method) != 0)
		return true;
	if (method == METHOD_OPTIONS)
		req->response.status = 200;
	else
		response_fail(req, 405,
		    "%.*s is not supported for '%.*s' of service '%.*s'.",
		    STR_ARG(method_name(req->method)), STR_ARG(req->resource),
		    STR_ARG(req->service_name));
	put_methods(req, methods);
	return false;
}

bool
account_body(struct account_call *c)
{
	if (json_body(c->req, &c->body) != ST_OK)
		return false;
	if (json_kind(c->body) == JSON_OBJECT ||
	    json_kind(c->body) == JSON_NONE)
		return true;
	response_fail(c->req, 400, "The body must be a JSON object.");
	return false;
}

struct str
account_text(const struct account_call *c, const char *name)
{
	return json_to_str(
	    c->req->arena, json_get(c->req->arena, c->body, str_of(name)));
}

bool
account_asks(const struct account_call *c, const char *name, bool otherwise)
{
	struct str text = request_query(c->req, str_of(name));
	struct json value = json_get(c->req->arena, c->body, str_of(name));

	if (!str_is_null(text))
		return str_to_bool(text);
	if (json_kind(value) == JSON_STRING)
		return str_to_bool(json_to_str(c->req->arena, value));
	(void)json_to_bool(value, &otherwise); /* else it stays */
	return otherwise;
}

const struct principal *
account_caller(struct account_call *c)
{
	const struct principal *who = c->req->principal;

	if (who != NULL && (!c->admin || who->is_sys_admin))
		return who;
	if (who == NULL)
		response_unauthorized(c->req,
		    "There is no valid session for the current request.");
	else
		response_unauthorized(
		    c->req, "You are not authorized to perform this action.");
	return NULL;
}

/* For the audit: who sets a password by a code, or registers, is not known to
 * be somebody. */
static const struct actor *
actor_of(const struct request *req)
{
	struct actor *actor = arena_zalloc(req->arena, sizeof(*actor));
	const struct principal *who = req->principal;
	struct str address = req->param[PARAM_REMOTE_ADDR];

	actor->user_id = who == NULL ? 0 : who->id;
	actor->name = who == NULL ? STR("nobody") : who->email;
	actor->source = address;
	if (address.n == 0)
		actor->source = STR("unknown");
	else if (address.n > ADDRESS_MAX)
		actor->source.n = ADDRESS_MAX;
	return actor;
}

bool
account_db_take(struct account_call *c, struct system_db *db)
{
	struct error err = { 0 };
	enum status st = system_pool_take(
	    c->req->people->pool, c->req->deadline_ms, db, &err);

	db->actor = actor_of(c->req);
	db->audit_log = true;
	if (st == ST_OK)
		return true;
	account_fault(c, ST_UNAVAILABLE, &err);
	return false;
}

void
account_db_give(struct account_call *c, struct system_db *db)
{
	system_pool_give(c->req->people->pool, db);
}

void
account_fault(struct account_call *c, enum status st, const struct error *err)
{
	if (st == ST_INVALID || st == ST_EXISTS || st == ST_MISSING) {
		response_fail(c->req, response_status_of(st), "%s", err->text);
		return;
	}
	log_line(LOG_ERROR, c->req->id, "system database: %s", err->text);
	response_busy(c->req, "The system database cannot be reached.");
}

void
account_answer(struct account_call *c)
{
	c->req->response.status = 200;
	c->req->response.type = STR("application/json");
	c->req->response.once = true; /* tokens are nobody else's */
}

void
account_succeed(struct account_call *c, const struct session_grant *grant)
{
	struct buf *b = &c->req->response.build;

	buf_put_lit(b, "{\"success\":true");
	if (grant != NULL) {
		json_put_name(b, STR("session_token"));
		json_put_str(b, grant->token);
	}
	buf_put_char(b, '}');
	account_answer(c);
}

bool
account_password_check(struct account_call *c, struct str password)
{
	struct error err = { 0 };

	if (password_check(password, &err) == ST_OK)
		return true;
	response_fail(c->req, 400, "%s.", err.text);
	return false;
}

bool
account_hash(struct account_call *c, struct str password, struct str *hash)
{
	struct request *req = c->req;
	struct password_cost cost = password_cost(req->settings);
	char text[PASSWORD_HASH_BYTES];
	struct error err = { 0 };
	enum status st =
	    password_gate_enter(req->people->gate, req->deadline_ms, &err);

	if (st == ST_OK) {
		st = password_hash(password, &cost, text, &err);
		password_gate_leave(req->people->gate);
	}
	if (st != ST_OK) {
		log_line(LOG_ERROR, req->id, "password: %s", err.text);
		response_busy(req, "The password cannot be hashed now.");
		return false;
	}
	*hash = arena_dup(req->arena, str_of(text));
	return true;
}

bool
account_begin(struct account_call *c, const struct user_record *user,
    bool forever, struct session_grant *grant, enum status *st)
{
	struct error err = { 0 };
	struct system_db db;

	*st = ST_UNAVAILABLE;
	if (!account_db_take(c, &db))
		return false;
	*st = session_begin(c->req, &db, user, forever, grant, &err);
	account_db_give(c, &db);
	if (*st != ST_OK && *st != ST_DENIED)
		account_fault(c, *st, &err);
	return *st == ST_OK;
}

void
account_welcome(
    struct account_call *c, const struct user_record *user, bool login)
{
	struct session_grant grant;
	enum status st = ST_DENIED;

	if (login && account_begin(c, user, false, &grant, &st))
		account_succeed(c, &grant);
	else if (st == ST_DENIED)
		account_succeed(c, NULL);
}
