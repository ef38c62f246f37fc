/*
 * Sessions that begin, go on with a new token, and end. On workers only, with a
 * connection to the system database.
 */
#ifndef WEIR_SESSION_BEGIN_H
#define WEIR_SESSION_BEGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/jwt.h"

struct request;
struct system_db;
struct user_record;

/* What its user is given; lives as long as the request. */
struct session_grant {
	struct str token;
	struct jwt claims;
	int64_t session_id;
};

/*
 * A session of a user whose password has just been verified; forever counts
 * where it is allowed. ST_DENIED, without a sentence: the user has been changed
 * since, read and verify again. ST_UNAVAILABLE also when the session store is
 * to be told that older sessions make room, and cannot be.
 */
enum status session_begin(struct request *req, struct system_db *db,
    const struct user_record *user, bool forever, struct session_grant *out,
    struct error *err);

/*
 * Another token in place of that one, which ends with it. ST_DENIED when its
 * session has ended, or the user is not the one that it was made for; err says
 * which. Tell the session store.
 */
enum status session_renew(struct request *req, struct system_db *db,
    const struct jwt *old, struct session_grant *out, struct error *err);

/* The session of that token, if it has one. Tell the session store. */
enum status session_end(
    struct system_db *db, const struct jwt *token, struct error *err);

#endif
