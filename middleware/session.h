/*
 * Which user a token stands for. The system database has the last word: there a
 * session is a row (session_records.h) and a user a record. The session store
 * keeps what was read of both (session_view.h) as the response cache keeps
 * answers: under a version, 16 random bytes of each user, which whoever changes
 * anything of the user deletes. So one batch of two reads tells who calls, and
 * what was ended or changed is so for every process at once; what the store
 * loses, or brings back, is only read anew.
 */
#ifndef WEIR_SESSION_H
#define WEIR_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "middleware/jwt.h"
#include "middleware/session_view.h"

struct cache_op;
struct request;
struct stores;
struct system_db;
struct user_record;

/* The question of one request, in its arena. */
struct session_ask {
	struct jwt claims; /* of a token that is well signed; set by who asks */
	struct cache_op *version; /* the operations planned */
	struct cache_op *stored;  /* NULL: this process remembers it */
	struct str bytes;         /* what is known of it, packed */
	struct session_view view; /* when is_known; maybe of the past until
				   * session_take() has said that it is not */
	bool is_known;
};

/* Front: fills in what this process remembers, and adds operations to the
 * batch of STORE_SESSION. */
void session_plan(struct request *req, struct session_ask *ask);

enum session_answer {
	SESSION_AS_THOUGHT, /* what was known when planned holds */
	SESSION_TOLD,       /* the view is known now */
	SESSION_UNKNOWN,    /* it must be loaded */
	SESSION_NO_STORE    /* the store did not answer */
};

/* After the batch. */
enum session_answer session_take(struct request *req, struct session_ask *ask);

/*
 * Worker only: reads the view from the system database, and with `store` puts
 * it into the store for the others. ST_UNAVAILABLE and the like: then there is
 * no view. *store becomes false when the store does not take part.
 */
enum status session_load(struct request *req, struct session_ask *ask,
    bool *store, struct error *err);

/* What a request may know of a user who has been read. */
enum status principal_read(struct system_db *db, struct arena *arena,
    const struct user_record *user, struct principal *out, struct error *err);

/* What the system database says of a token at db->wall_ms. */
enum status session_read(struct system_db *db, struct arena *arena,
    const struct jwt *claims, struct session_view *out, struct error *err);

/*
 * May block: whatever a store and a process know of that user's sessions is
 * read anew from now on. Must be done before a change of the user, which must
 * not be made when it fails, and again when the change is committed, before it
 * is acknowledged.
 */
enum status session_forget(
    struct stores *stores, int64_t user_id, int64_t deadline_ms);

/* Worker only: the same around a change that a request makes. False when the
 * store cannot be reached: then the response holds why. */
bool session_forget_before(struct request *req, int64_t user_id);
bool session_forget_after(struct request *req, int64_t user_id);

/* The response to a token whose session has ended: 401. */
void session_refuse(struct request *req);

#endif
