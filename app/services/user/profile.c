/* What people may know and change of themselves. */
#include "app/base/jsonmember.h"
#include "app/services/user/account.h"
#include "middleware/principal.h"
#include "middleware/registry/user_records.h"
#include "middleware/request.h"
#include "middleware/session.h"
#include "middleware/session_begin.h"

/* The texts of a profile. */
static const struct {
	const char *name;
	size_t at; /* in the record */
} texts[] = {
	{ "first_name", offsetof(struct user_record, first_name) },
	{ "last_name", offsetof(struct user_record, last_name) },
	{ "name", offsetof(struct user_record, name) },
	{ "username", offsetof(struct user_record, username) },
	{ "email", offsetof(struct user_record, email) },
	{ "phone", offsetof(struct user_record, phone) },
	{ "security_question",
	    offsetof(struct user_record, security_question) },
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static struct str *
text_at(struct user_record *r, size_t i)
{
	return (struct str *)(void *)((char *)r + texts[i].at);
}

static void
show(struct account_call *c, struct user_record *r)
{
	struct buf *b = &c->req->response.build;

	buf_put_char(b, '{');
	for (size_t i = 0; i < TEXTS; i++)
		put_text(b, texts[i].name, *text_at(r, i));
	json_put_name(b, STR("default_app_id"));
	if (r->default_app_id == 0)
		buf_put_lit(b, "null");
	else
		buf_put_i64(b, r->default_app_id);
	buf_put_char(b, '}');
	account_answer(c);
}

static void
profile_get(struct account_call *c, const struct principal *who)
{
	struct user_record user = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!account_db_take(c, &db))
		return;
	st = user_record_get(&db, c->req->arena, who->id, &user, &err);
	account_db_give(c, &db);
	if (st == ST_OK)
		show(c, &user);
	else
		account_fault(c, st, &err);
}

/* What the edit of a record goes by. */
struct wanted {
	struct account_call *call;
	struct str answer; /* hash of the security answer; STR_NULL: as it is */
	bool renamed;      /* out: it has another e-mail */
};

/* A member that is null makes the text absent, one that is not there leaves it
 * as it is. */
static enum status
text_edit(struct account_call *c, size_t i, struct user_record *record,
    struct error *err)
{
	struct json value =
	    json_get(c->req->arena, c->body, str_of(texts[i].name));
	enum json_kind kind = json_kind(value);

	if (kind == JSON_NONE)
		return ST_OK;
	if (kind != JSON_STRING && kind != JSON_NULL)
		return error_set(
		    err, ST_INVALID, "%s must be a string", texts[i].name);
	*text_at(record, i) = json_to_str(c->req->arena, value);
	return ST_OK;
}

static enum status
app_edit(struct account_call *c, struct user_record *record, struct error *err)
{
	struct json value =
	    json_get(c->req->arena, c->body, STR("default_app_id"));
	enum json_kind kind = json_kind(value);

	if (kind == JSON_NONE)
		return ST_OK;
	record->default_app_id = 0;
	if (kind == JSON_NULL)
		return ST_OK;
	if (!json_to_i64(value, &record->default_app_id) ||
	    record->default_app_id < 1)
		return error_set(
		    err, ST_INVALID, "default_app_id must be the id of an app");
	return ST_OK;
}

static enum status
edit(void *ctx, struct user_record *record, struct error *err)
{
	struct wanted *wanted = ctx;
	struct str email = record->email;
	enum status st = ST_OK;

	for (size_t i = 0; i < TEXTS && st == ST_OK; i++)
		st = text_edit(wanted->call, i, record, err);
	if (st == ST_OK)
		st = app_edit(wanted->call, record, err);
	if (!str_is_null(wanted->answer))
		record->security_answer = wanted->answer;
	wanted->renamed = !str_eq_nocase(email, record->email);
	return st;
}

/* The token was made for the earlier e-mail: its session goes on with another
 * one. */
static enum status
token_renew(struct account_call *c, struct system_db *db,
    const struct user_record *user, struct session_grant *grant,
    struct error *err)
{
	char subject[SESSION_SUBJECT_BYTES];
	struct jwt token = *c->req->token;

	session_subject(user->email, subject);
	token.subject = str_make(subject, sizeof(subject));
	return session_renew(c->req, db, &token, grant, err);
}

static enum status
change(struct account_call *c, struct system_db *db, struct wanted *wanted,
    struct session_grant *grant, struct error *err)
{
	struct user_order order = {
		.id = c->req->principal->id, .edit = edit, .ctx = wanted
	};
	struct user_record user;
	enum status st = user_record_set(db, c->req->arena, &order, &user, err);

	if (st == ST_OK && wanted->renamed && c->req->token != NULL)
		st = token_renew(c, db, &user, grant, err);
	return st;
}

static void
profile_set(struct account_call *c, const struct principal *who)
{
	struct wanted wanted = { .call = c, .answer = STR_NULL };
	struct str answer;
	struct session_grant grant = { .token = STR_NULL };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!account_body(c))
		return;
	answer = account_text(c, "security_answer");
	if (answer.n > 0 && !account_hash(c, answer, &wanted.answer))
		return;
	if (!session_forget_before(c->req, who->id) || !account_db_take(c, &db))
		return;
	st = change(c, &db, &wanted, &grant, &err);
	account_db_give(c, &db);
	if (st != ST_OK)
		account_fault(c, st, &err);
	else if (session_forget_after(c->req, who->id))
		account_succeed(c, str_is_null(grant.token) ? NULL : &grant);
}

void
account_profile(struct account_call *c)
{
	const struct principal *who;

	if (!account_allows(
		c->req, METHOD_GET | METHOD_POST | METHOD_PUT | METHOD_PATCH))
		return;
	who = account_caller(c);
	if (who == NULL)
		return;
	if (request_reads(c->req))
		profile_get(c, who);
	else
		profile_set(c, who);
}
