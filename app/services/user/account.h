/*
 * Calls that people make about themselves (dreamfactory.md 2.6): session,
 * profile, password. /user has them for those who use the platform,
 * /system/admin for those who administer it. Worker only.
 */
#ifndef WEIR_SERVICES_USER_ACCOUNT_H
#define WEIR_SERVICES_USER_ACCOUNT_H

#include <stdbool.h>

#include "middleware/json.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

struct principal;
struct request;
struct session_grant;
struct user_record;

struct account_call {
	struct request *req;
	bool admin; /* it is about those who administer */
	struct json body;
};

/* Each makes the response. */
void account_session(struct account_call *c);
void account_profile(struct account_call *c);
void account_password(struct account_call *c);

/* Whom such a call lets in: `resource` is "session" and so on. */
enum entrance account_entrance(const struct request *req, struct str resource);

/*
 * Is the method one of these (enum method)? HEAD goes with GET. False: the
 * response says which are, to OPTIONS with 200, else with 405.
 */
bool account_allows(struct request *req, unsigned methods);

/* Reads the body; false: the response holds the refusal. */
bool account_body(struct account_call *c);

/* A string of the body; STR_NULL when it has none, or another value. */
struct str account_text(const struct account_call *c, const char *name);

/* Does the query, or else a boolean of the body, say yes? */
bool account_asks(
    const struct account_call *c, const char *name, bool otherwise);

/* The user who calls, when the call is about such; else the response holds the
 * refusal and it is NULL. */
const struct principal *account_caller(struct account_call *c);

/* A connection to the system database, whose writes are audited as the
 * caller's; false: the response is a 503. It is given back by
 * account_db_give(). */
bool account_db_take(struct account_call *c, struct system_db *db);
void account_db_give(struct account_call *c, struct system_db *db);

/* Makes a failure of the system database the response: 503 and a line in the
 * log, unless it is one of the client's that err words. */
void account_fault(
    struct account_call *c, enum status st, const struct error *err);

/* The answer is what has been put into response.build, as JSON. */
void account_answer(struct account_call *c);

/* {"success":true}, with the token of a grant that is not NULL. */
void account_succeed(struct account_call *c, const struct session_grant *grant);

/* May that password be set? False: the response holds the refusal. */
bool account_password_check(struct account_call *c, struct str password);

/* Hashes a password or another secret of a user, in the arena; false: the
 * response holds the refusal. */
bool account_hash(
    struct account_call *c, struct str password, struct str *hash);

/* A session for a user whose password has just been verified or set. False: the
 * response holds the refusal, or with ST_DENIED in *st there is none yet: the
 * user was changed meanwhile. */
bool account_begin(struct account_call *c, const struct user_record *user,
    bool forever, struct session_grant *grant, enum status *st);

/* {"success":true}, with the token of a session for such a user if that is
 * wanted. */
void account_welcome(
    struct account_call *c, const struct user_record *user, bool login);

#endif
