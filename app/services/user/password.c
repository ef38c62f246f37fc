/*
 * Another password: by whoever knows the one before, or by a code that was
 * mailed to the user. Either way the sessions that the user has end.
 */
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/services/user/account.h"
#include "app/services/user/mail.h"
#include "middleware/login.h"
#include "middleware/people.h"
#include "middleware/principal.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/user_login.h"
#include "middleware/request.h"
#include "middleware/session.h"
#include "middleware/session_begin.h"
#include "middleware/throttle.h"

#define WRONG_PASSWORD "The password supplied does not match."
#define WRONG_CODE     "The supplied email and/or confirmation code were not found."
#define SECOND_MS      1000

/* The hash that takes the place of the one that was verified. */
struct exchange {
	struct str before; /* STR_NULL: whatever it is */
	struct str after;
};

static enum status
edit(void *ctx, struct user_record *record, struct error *err)
{
	const struct exchange *x = ctx;

	(void)err; /* whoever asked has no right to know more */
	if (!str_is_null(x->before) && !str_eq(record->password, x->before))
		return ST_DENIED;
	record->password = x->after;
	return ST_OK;
}

/* Sets the password of the user, and logs in anew unless that is not wanted. */
static void
password_set(struct account_call *c, int64_t id, struct exchange *x)
{
	struct user_order order = { .id = id, .edit = edit, .ctx = x };
	struct user_record user;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!session_forget_before(c->req, id) || !account_db_take(c, &db))
		return;
	st = user_record_set(&db, c->req->arena, &order, &user, &err);
	account_db_give(c, &db);
	if (st == ST_DENIED)
		response_unauthorized(c->req, WRONG_PASSWORD);
	else if (st != ST_OK)
		account_fault(c, st, &err);
	if (st == ST_OK && session_forget_after(c->req, id))
		account_welcome(
		    c, &user, user.active && account_asks(c, "login", true));
}

static void
change(struct account_call *c)
{
	struct login_order order = { .by = USER_EMAIL,
		.password = account_text(c, "old_password"),
		.either = true };
	const struct principal *who = account_caller(c);
	struct str wanted = account_text(c, "new_password");
	struct exchange x;
	struct user_record user;

	if (who == NULL)
		return;
	order.name = who->email;
	if (!account_password_check(c, wanted) ||
	    login_verify(c->req, &order, WRONG_PASSWORD, &user) != ST_OK ||
	    !account_hash(c, wanted, &x.after))
		return;
	x.before = user.password;
	password_set(c, user.id, &x);
}

/* Who asks for a code, or shows one, by name. */
static enum status
user_find(struct account_call *c, struct system_db *db, struct user_record *out,
    struct error *err)
{
	struct str email = account_text(c, "email");
	struct str username = account_text(c, "username");
	bool by_email = email.n > 0;
	struct error none = { 0 };
	enum status st = user_record_find(db, c->req->arena,
	    by_email ? USER_EMAIL : USER_USERNAME, by_email ? email : username,
	    out, &none);

	if (st != ST_OK && st != ST_MISSING)
		return error_set(err, st, "%s", none.text);
	if (st == ST_OK && out->active && out->is_sys_admin == c->admin)
		return ST_OK;
	return ST_MISSING;
}

static struct str
name_of(const struct account_call *c)
{
	struct str email = account_text(c, "email");

	return email.n > 0 ? email : account_text(c, "username");
}

/* False: the response holds the refusal. */
static bool
may_try(struct account_call *c)
{
	struct str name = name_of(c);
	int64_t wait;

	if (name.n == 0) {
		response_fail(c->req, 400,
		    "The request is missing required email or username.");
		return false;
	}
	if (throttle_allows(c->req->people->failures, c->req, name, &wait))
		return true;
	response_fail(c->req, 429,
	    "Too many attempts. Try again in %lld seconds.", (long long)wait);
	response_header_i64(&c->req->response, STR("Retry-After"), wait);
	return false;
}

static void
code_send(struct account_call *c, struct system_db *db,
    const struct user_record *user)
{
	char code[CONFIRM_CODE_BYTES + 1];
	int64_t until_ms =
	    db->wall_ms + c->req->settings->confirm_code_ttl * SECOND_MS;
	struct error err = { 0 };
	enum status st = user_code_new(db, snapshot_app_keys(c->req->snapshot),
	    user->id, until_ms, code, &err);

	if (st == ST_OK)
		st = mail_code(c->req, user->email, code, &err);
	secret_wipe(code, sizeof(code));
	if (st != ST_OK)
		log_line(LOG_ERROR, c->req->id, "mail: %s", err.text);
}

/* The answer is the same whoever asks for whom. Each request counts as a log-in
 * that failed: nobody's mailbox is to be filled. */
static void
reset(struct account_call *c)
{
	struct user_record user;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!mail_is_on(c->req->settings)) {
		response_fail(c->req, 501,
		    "This installation sends no mail (SENDMAIL): an "
		    "administrator sets passwords anew.");
		return;
	}
	if (!may_try(c) || !account_db_take(c, &db))
		return;
	throttle_failed(c->req->people->failures, c->req, name_of(c));
	st = user_find(c, &db, &user, &err);
	if (st == ST_OK)
		code_send(c, &db, &user);
	account_db_give(c, &db);
	if (st == ST_OK || st == ST_MISSING)
		account_succeed(c, NULL);
	else
		account_fault(c, st, &err);
}

/* Hashed before the code is spent: a password that may not be set costs no
 * code. */
static void
confirm(struct account_call *c, struct str code)
{
	struct str wanted = account_text(c, "new_password");
	struct exchange x = { .before = STR_NULL };
	struct user_record user;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!may_try(c) || !account_password_check(c, wanted) ||
	    !account_hash(c, wanted, &x.after) || !account_db_take(c, &db))
		return;
	st = user_find(c, &db, &user, &err);
	if (st == ST_OK)
		st = user_code_take(&db, snapshot_app_keys(c->req->snapshot),
		    user.id, code, &err);
	account_db_give(c, &db);
	if (st == ST_OK) {
		password_set(c, user.id, &x);
	} else if (st == ST_MISSING || st == ST_DENIED) {
		throttle_failed(c->req->people->failures, c->req, name_of(c));
		response_unauthorized(c->req, WRONG_CODE);
	} else {
		account_fault(c, st, &err);
	}
}

void
account_password(struct account_call *c)
{
	struct str code;

	if (!account_allows(c->req, METHOD_POST) || !account_body(c))
		return;
	code = account_text(c, "code");
	if (account_asks(c, "reset", false))
		reset(c);
	else if (code.n > 0)
		confirm(c, code);
	else if (account_text(c, "old_password").n > 0)
		change(c);
	else
		response_fail(c->req, 400,
		    "old_password and new_password are expected, or code and "
		    "new_password, or reset=true; the last two with email.");
}
