/*
 * Sessions of users in the system database, one row each: which there are, and
 * which token of each is in force. Requests see them through the session store
 * (middleware/session.h), which whoever changes one tells of it. As with users,
 * the registry's version stays.
 */
#ifndef WEIR_SESSION_RECORDS_H
#define WEIR_SESSION_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;
struct user_record;

/* Of one user; the oldest end when there would be more. */
#define SESSIONS_MAX 10000

/* Times are Unix seconds. */
struct session_record {
	int64_t id; /* set by an add; the same for all tokens of a session */
	int64_t user_id;
	struct str token_id; /* jti of the token in force */
	int64_t begun;       /* the log-in */
	int64_t issued;      /* that token */
	int64_t expires;     /* when it ends, whatever is done */
	bool forever;
	struct str address; /* of the client that logged in */
};

/*
 * Begins a session of a user who has just been read and whose password was
 * verified, and notes the log-in. ST_DENIED, without a sentence, when the
 * password or what the user is has changed since: then read and verify again.
 * *ended: older sessions have ended to make room. Rows of the past go along.
 */
enum status session_record_add(struct system_db *db,
    const struct user_record *user, struct session_record *record, bool *ended,
    struct error *err);

/*
 * record->token_id takes the place of the token in force, whose id is `old`,
 * at db->wall_ms; the record's expires and issued are set with it. ST_MISSING
 * when no session has that token.
 */
enum status session_record_renew(struct system_db *db, struct str old,
    const struct session_record *record, struct error *err);

/* The session of a token. ST_MISSING: it has ended, or has another token. */
enum status session_record_find(struct system_db *db, struct arena *arena,
    struct str token_id, struct session_record *out, struct error *err);

/* Of one user, or with 0 of all, the youngest first, at most max. */
enum status session_records_list(struct system_db *db, struct arena *arena,
    int64_t user_id, size_t max, struct session_record **out, size_t *n,
    struct error *err);

/* ST_MISSING when there is none of the id. */
enum status session_record_get(struct system_db *db, struct arena *arena,
    int64_t id, struct session_record *out, struct error *err);
enum status session_record_end(
    struct system_db *db, int64_t id, struct error *err);

/* All of a user but the one of that id (0: all). May be part of a
 * transaction. */
enum status session_records_end(
    struct system_db *db, int64_t user_id, int64_t but, struct error *err);

/* What an administrator does, and so is audited: one session of the user ends,
 * or with 0 all. ST_MISSING when there is none of the id. */
enum status session_records_drop(
    struct system_db *db, int64_t user_id, int64_t id, struct error *err);

#endif
