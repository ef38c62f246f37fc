/*
 * Who changed what. A write of the system database names each record that it
 * will change, and each that it made; when it is about to commit, a row of the
 * table audit says for each what became of it, and a line of the log repeats
 * that afterwards. Secrets are masked; what stayed the same is left out.
 */
#ifndef WEIR_AUDIT_H
#define WEIR_AUDIT_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct audit;
struct db_stmt;
struct system_db;
struct watch;

enum audit_kind {
	AUDIT_SERVICE,
	AUDIT_ROLE,
	AUDIT_ROLE_ACCESS,
	AUDIT_APP,
	AUDIT_KEY,
	AUDIT_LIMIT,
	AUDIT_USER,
	AUDIT_USER_ROLE,
	AUDIT_LOOKUP,
	AUDIT_CORS,
	/* only by audit_note() */
	AUDIT_SESSION,
	AUDIT_CACHE,
	AUDIT_LIMIT_CACHE
};

/* Within a transaction: the record is about to be changed or removed. */
enum status audit_watch(
    struct system_db *db, enum audit_kind kind, int64_t id, struct error *err);

/* The same for all whose ids the statement selects. */
enum status audit_watch_each(struct system_db *db, enum audit_kind kind,
    const struct db_stmt *ids, struct error *err);

/* It has just been made, and will not be changed by this transaction before
 * it is watched. */
enum status audit_added(
    struct system_db *db, enum audit_kind kind, int64_t id, struct error *err);

/* What no single record tells, as JSON: what was, or what came of it; STR_NULL:
 * nothing. */
struct audit_note {
	enum audit_kind kind;
	int64_t id; /* 0: several */
	struct str before;
	struct str after;
};

/* Within a transaction. Texts are copied. */
void audit_note(struct system_db *db, const struct audit_note *note);

/* In a transaction of its own: nothing else is written. */
enum status audit_note_alone(
    struct system_db *db, const struct audit_note *note, struct error *err);

/* For system_db.c. What has been named since the mark is forgotten again. */
struct watch **audit_mark(struct system_db *db);
void audit_rewind(struct system_db *db, struct watch **mark);

/* For system_db.c. Before the commit: writes the rows. */
enum status audit_finish(struct system_db *db, struct error *err);

/* Behind the commit (then lines go to the log, if db->audit_log) or the
 * rollback: forgets what was watched. */
void audit_end(struct system_db *db, enum status outcome);

#endif
