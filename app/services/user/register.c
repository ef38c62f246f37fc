#include "app/services/user/register.h"

#include "app/base/password.h"
#include "app/services/user/account.h"
#include "app/services/user/user.h"
#include "middleware/people.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/user_records.h"
#include "middleware/request.h"
#include "middleware/session_begin.h"
#include "middleware/throttle.h"

/* Each costs a hash and a row, so it counts as a log-in that failed, but of no
 * account: nobody is to be kept out by who registers in his name. */
static bool
may_try(struct account_call *c)
{
	struct failures *failures = c->req->people->failures;
	int64_t wait;

	if (throttle_allows(failures, c->req, STR_NULL, &wait)) {
		throttle_failed(failures, c->req, STR_NULL);
		return true;
	}
	response_fail(c->req, 429,
	    "Too many attempts. Try again in %lld seconds.", (long long)wait);
	response_header_i64(&c->req->response, STR("Retry-After"), wait);
	return false;
}

/* ST_OK, or the response holds the refusal. */
static enum status
record_read(struct account_call *c, struct user_record *out)
{
	struct str password = account_text(c, "password");

	*out = (struct user_record){
		.email = account_text(c, "email"),
		.username = account_text(c, "username"),
		.first_name = account_text(c, "first_name"),
		.last_name = account_text(c, "last_name"),
		.name = account_text(c, "name"),
		.phone = account_text(c, "phone"),
		.active = true,
	};
	if (password.n == 0)
		password = account_text(c, "new_password");
	if (out->email.n == 0 || password.n == 0) {
		response_fail(c->req, 400,
		    "Registration is missing required %s.",
		    out->email.n == 0 ? "email" : "password");
		return ST_INVALID;
	}
	if (!account_password_check(c, password) || !may_try(c))
		return ST_INVALID;
	return account_hash(c, password, &out->password) ? ST_OK : ST_REFUSED;
}

static enum status
add(struct account_call *c, struct user_record *user, struct error *err)
{
	const struct user_service *service = c->req->service->instance;
	struct system_db db;
	enum status st;

	if (!account_db_take(c, &db))
		return ST_REFUSED;
	st = user_record_register(
	    &db, c->req->arena, user, service->role_id, err);
	account_db_give(c, &db);
	return st;
}

static void
enter(struct account_call *c)
{
	struct user_record user;
	struct error err = { 0 };
	enum status st;

	if (record_read(c, &user) != ST_OK)
		return;
	st = add(c, &user, &err);
	if (st == ST_OK)
		account_welcome(c, &user, account_asks(c, "login", false));
	else if (st != ST_REFUSED)
		account_fault(c, st, &err);
}

void
account_register(struct account_call *c)
{
	const struct user_service *service = c->req->service->instance;

	if (!account_allows(c->req, METHOD_POST))
		return;
	if (!service->open_registration) {
		response_fail(c->req, 403, "Open Registration is not enabled.");
		return;
	}
	if (account_body(c))
		enter(c);
}
