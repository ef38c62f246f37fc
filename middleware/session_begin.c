#include "middleware/session_begin.h"

#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/registry/session_records.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_records.h"
#include "middleware/request.h"
#include "middleware/session.h"

#define ISSUER         STR("weir")
#define TOKEN_ID_BYTES 32 /* hexadecimal digits */
#define MINUTE         60
#define SECOND_MS      1000

static struct str
token_id_new(struct arena *arena)
{
	char *id = arena_alloc(arena, TOKEN_ID_BYTES);

	secret_new_token(id, TOKEN_ID_BYTES);
	return str_make(id, TOKEN_ID_BYTES);
}

static struct str
subject_of(struct arena *arena, const struct user_record *user)
{
	char *subject = arena_alloc(arena, SESSION_SUBJECT_BYTES);

	session_subject(user->email, subject);
	return str_make(subject, SESSION_SUBJECT_BYTES);
}

static void
grant_make(struct request *req, const struct user_record *user,
    const struct session_record *session, int64_t expires,
    struct session_grant *out)
{
	size_t n;
	const struct secret_mac *keys = snapshot_token_keys(req->snapshot, &n);

	out->session_id = session->id;
	out->claims = (struct jwt){
		.issuer = ISSUER,
		.id = session->token_id,
		.subject = subject_of(req->arena, user),
		.issued = session->issued,
		.expires = expires,
		.not_before = session->issued,
		.user_id = user->id,
		.forever = session->forever,
	};
	out->token = jwt_sign(req->arena, &keys[0], &out->claims);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

enum status
session_begin(struct request *req, struct system_db *db,
    const struct user_record *user, bool forever, struct session_grant *out,
    struct error *err)
{
	const struct settings *settings = req->settings;
	int64_t now = db->wall_ms / SECOND_MS;
	int64_t expires = now + settings->jwt_ttl * MINUTE;
	struct session_record session = {
		.token_id = token_id_new(req->arena),
		.begun = now,
		.issued = now,
		.expires =
		    later(expires, now + settings->jwt_refresh_ttl * MINUTE),
		.forever = forever && settings->allow_forever_sessions,
		.address = req->param[PARAM_REMOTE_ADDR],
	};
	bool ended;
	enum status st = session_record_add(db, user, &session, &ended, err);

	if (st != ST_OK)
		return st;
	if (ended && !session_forget_after(req, user->id))
		return error_set(
		    err, ST_UNAVAILABLE, "the session store is down");
	grant_make(req, user, &session, expires, out);
	return ST_OK;
}

static enum status
refuse(enum status st, struct error *err)
{
	if (st != ST_MISSING && st != ST_OK)
		return st;
	return error_set(err, ST_DENIED, "Its session has ended.");
}

/* The user of a token that may be given another one. */
static enum status
user_of(struct request *req, struct system_db *db, const struct jwt *token,
    struct user_record *out, struct error *err)
{
	struct error none = { 0 };
	enum status st =
	    user_record_get(db, req->arena, token->user_id, out, &none);

	if (st == ST_MISSING || (st == ST_OK && !out->active))
		return error_set(err, ST_DENIED, "User is not active.");
	if (st != ST_OK)
		return error_set(err, st, "%s", none.text);
	if (!str_eq(subject_of(req->arena, out), token->subject))
		return error_set(err, ST_DENIED,
		    "It was made for another e-mail of its user.");
	return ST_OK;
}

/* The window begins anew only for ever. */
static int64_t
renew_until(const struct request *req, const struct session_record *session,
    int64_t now, int64_t *expires)
{
	int64_t window = now + req->settings->jwt_refresh_ttl * MINUTE;

	*expires = now + req->settings->jwt_ttl * MINUTE;
	if (session->forever)
		return later(*expires, window);
	if (*expires > session->expires)
		*expires = session->expires;
	return session->expires;
}

enum status
session_renew(struct request *req, struct system_db *db, const struct jwt *old,
    struct session_grant *out, struct error *err)
{
	int64_t now = db->wall_ms / SECOND_MS;
	struct session_record session;
	struct user_record user = { 0 };
	int64_t expires;
	enum status st = user_of(req, db, old, &user, err);

	if (st != ST_OK)
		return st;
	st = session_record_find(db, req->arena, old->id, &session, err);
	if (st != ST_OK || session.user_id != old->user_id)
		return refuse(st, err);
	session.token_id = token_id_new(req->arena);
	session.issued = now;
	session.expires = renew_until(req, &session, now, &expires);
	st = session_record_renew(db, old->id, &session, err);
	if (st != ST_OK)
		return refuse(st, err);
	grant_make(req, &user, &session, expires, out);
	return ST_OK;
}

enum status
session_end(struct system_db *db, const struct jwt *token, struct error *err)
{
	struct arena arena;
	struct session_record session;
	enum status st;

	arena_init(&arena, 512);
	st = session_record_find(db, &arena, token->id, &session, err);
	if (st == ST_OK && session.user_id == token->user_id)
		st = session_record_end(db, session.id, NULL);
	arena_close(&arena);
	return st == ST_MISSING ? ST_OK : st;
}
