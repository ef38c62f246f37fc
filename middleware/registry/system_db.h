/*
 * A connection to the system database, where the platform keeps its own
 * records. It serves one thread at a time. A write is a function that runs in
 * one transaction, which also steps the registry's version: so every process
 * notices it.
 */
#ifndef WEIR_SYSTEM_DB_H
#define WEIR_SYSTEM_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/db/db.h"

struct arena;
struct audit;
struct declared;
struct settings;

#define DATE_BYTES 20 /* "2026-01-31 23:59:59" and a NUL */

/* Who changes records. */
struct actor {
	int64_t user_id;   /* 0: not a user of the platform */
	struct str name;   /* e-mail of the user, or login of the shell's */
	struct str source; /* address of the client, or "command" */
};

struct system_db {
	const struct db_driver *driver;
	struct db_conn *conn; /* NULL: not open */
	int64_t wall_ms; /* Unix time that a write notes; its caller's to set */
	int64_t statement_ms; /* how long one may take; the same */
	/* What the env file declares, whose names no record may take; NULL:
	 * nothing. The caller's to set. */
	const struct declared *declared;
	const struct actor *actor; /* NULL: weir itself. The caller's to set */
	bool audit_log;      /* what is written is told to the log as well */
	struct audit *audit; /* of the transaction at hand; see audit.h */
	unsigned depth;      /* writes that have begun, one within another */
	bool has_stepped;    /* the transaction has stepped the version */
};

/* Where the settings say it is, for people. */
struct str system_db_place(struct arena *arena, const struct settings *s);

/* Is that a file, and the one that the system database is, by whatever path? */
bool system_db_is(
    const struct settings *settings, const struct db_config *config);

/* ST_INVALID: no service has that for its database. */
enum status system_db_refuse(struct error *err);

/* How to reach it; texts are those of the settings. ST_INVALID: this weir was
 * built without its driver. */
enum status system_db_config(
    const struct settings *settings, struct db_config *out, struct error *err);

/*
 * Connects to what the DB_ settings name, and sets wall_ms to the
 * present. create: a database that is missing is made; else it is ST_MISSING.
 * No schema is looked at: see migrations.h.
 */
enum status system_db_open(const struct settings *settings, bool create,
    struct system_db *out, struct error *err);
void system_db_close(struct system_db *db);

/* Runs one statement; row may be NULL. */
enum status system_db_run(struct system_db *db, const struct db_stmt *stmt,
    db_row_f *row, void *ctx, struct error *err);

/* Runs an UPDATE or DELETE; ST_MISSING when it changed nothing. */
enum status system_db_change(
    struct system_db *db, const struct db_stmt *stmt, struct error *err);

/*
 * Runs an INSERT; *id receives the new record's. ST_EXISTS leaves err alone:
 * the caller knows what exists and what to do about it.
 */
enum status system_db_insert(struct system_db *db, const struct db_stmt *stmt,
    int64_t *id, struct error *err);

/* Runs statements that have one "?", an id; NULL ends them. */
enum status system_db_each(struct system_db *db, const char *const *sql,
    int64_t id, struct error *err);

/* The first column of the first row; ST_MISSING without a row. */
enum status system_db_number(struct system_db *db, const struct db_stmt *stmt,
    int64_t *out, struct error *err);

/* The registry's version: it differs after every write. */
enum status system_db_version(
    struct system_db *db, int64_t *out, struct error *err);

/*
 * What a write does; any status but ST_OK undoes all of it. A write within
 * another's work, as functions of records make it, is a part of that: one that
 * fails is undone alone. One that cannot even be undone is ST_UNAVAILABLE: then
 * the outer work must not return ST_OK.
 */
typedef enum status system_db_work_f(
    struct system_db *db, void *ctx, struct error *err);

enum status system_db_write(
    struct system_db *db, system_db_work_f *work, void *ctx, struct error *err);

/* The same for what no snapshot holds: the version stays. Rows that it goes by
 * it reads with SELECT ... FOR UPDATE where the driver wants that. */
enum status system_db_transact(
    struct system_db *db, system_db_work_f *work, void *ctx, struct error *err);

/* A moment as the records have it, in UTC. */
void date_text(int64_t wall_ms, char out[DATE_BYTES]);

/* What a change does to a switch of a record. */
enum flip { FLIP_KEEP, FLIP_ON, FLIP_OFF };

/* Values to bind; an absent string binds NULL. */
static inline struct db_value
bind_text(struct str s)
{
	return (
	    struct db_value){ .type = s.p == NULL ? DB_NULL : DB_TEXT, .s = s };
}

static inline struct db_value
bind_i64(int64_t v)
{
	return (struct db_value){ .type = DB_INT, .i = v };
}

/* An id that refers to a record; 0 binds NULL. */
static inline struct db_value
bind_id(int64_t id)
{
	return (struct db_value){ .type = id == 0 ? DB_NULL : DB_INT, .i = id };
}

/* NULL keeps what is there, in "x = COALESCE(?, x)". */
static inline struct db_value
bind_flip(enum flip flip)
{
	return (struct db_value){ .type = flip == FLIP_KEEP ? DB_NULL : DB_INT,
		.i = flip == FLIP_ON ? 1 : 0 };
}

static inline struct db_value
bind_blob(const void *p, size_t n)
{
	return (struct db_value){ .type = DB_BLOB, .s = str_make(p, n) };
}

/* The id of who changes records. */
static inline struct db_value
bind_actor(const struct system_db *db)
{
	return bind_id(db->actor == NULL ? 0 : db->actor->user_id);
}

/* Values read: a copy in the arena (NULL is absent); a number (NULL is 0). */
struct str value_text(struct arena *arena, const struct db_value *v);
int64_t value_i64(const struct db_value *v);

/* One more element, all zero, of an array that grows in a buf of an arena. */
void *array_add(struct buf *array, size_t size);

/* A statement of a literal and an array of values. */
#define DB_STMT(literal, values)                                               \
	((struct db_stmt){                                                     \
	    STR(literal), (values), sizeof(values) / sizeof((values)[0]) })
#define DB_STMT_PLAIN(literal) ((struct db_stmt){ STR(literal), NULL, 0 })

#endif
