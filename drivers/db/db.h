/*
 * A database behind one interface: connect, read the catalogue, run prepared
 * statements. Rows are pushed to a callback as they are read, so no result is
 * ever held whole. A driver is a const struct in the table of db.c;
 * tests/contract runs the same suite over every row of it.
 */
#ifndef WEIR_DB_H
#define WEIR_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct buf;
struct catalog;
struct db_conn;
struct reshape;
struct reshape_result;
struct routine_order;
struct routines;

/* What the line to a server must be. */
enum db_tls {
	DB_TLS_OFF,
	DB_TLS_REQUIRE, /* encrypted, to whoever answers */
	DB_TLS_VERIFY   /* and to the one whose certificate names the host */
};

/* How to reach a database; strings are borrowed for the call only, unless the
 * header of a function says otherwise. Whatever only a server has is unused by
 * sqlite. */
struct db_config {
	const char *driver;   /* "sqlite" */
	const char *database; /* a path, or a name on a server */
	const char *host;     /* NULL: the socket */
	int port;             /* 0: the usual one */
	const char *socket;   /* path of a unix socket; NULL: host and port */
	const char *username;
	const char *password; /* never logged */
	enum db_tls tls;
	const char *tls_ca; /* file of certificates; NULL: the system's */
	/* Of TIMESTAMPs and of what the server calls now: "+00:00"; NULL: the
	 * server's own. */
	const char *timezone;
	bool read_only;
	/* Make the database when it does not exist (sqlite): a file that its
	 * owner alone may read. */
	bool create;
	/* A link that is lost stays so: no other is dialled in secret for what
	 * may be asked again, which might reach another server. */
	bool keep_link;
};

/* With texts of its own, until db_config_free() wipes and frees them. */
void db_config_copy(struct db_config *to, const struct db_config *from);
void db_config_free(struct db_config *config);

enum db_type {
	DB_NULL,
	DB_INT,    /* i */
	DB_UINT,   /* u: above INT64_MAX only where the engine has it */
	DB_REAL,   /* d */
	DB_BOOL,   /* i: 0 or 1 */
	DB_NUMBER, /* s: a decimal, kept digit by digit */
	DB_TEXT,   /* s: UTF-8 as the engine gives it */
	DB_BLOB    /* s: bytes */
};

/* A value read (lives until the row callback returns) or bound. */
struct db_value {
	enum db_type type;
	union {
		int64_t i;
		uint64_t u;
		double d;
		struct str s;
	};
};

/* A statement and what is bound to its "?" in order. */
struct db_stmt {
	struct str sql;
	const struct db_value *args;
	size_t n_args;
};

/* What came of a statement that ran. */
struct db_result {
	int64_t changed; /* rows written by INSERT, UPDATE, DELETE */
	int64_t last_id; /* id given by an INSERT of one row, 0 if none; of a
			  * column without sign the bits of it */
};

/*
 * Called for each row. n is the number of columns, the same for each row;
 * values have the type of the column's declaration where the engine is
 * loosely typed (a boolean column of SQLite arrives as DB_BOOL). Any status
 * but ST_OK ends the statement, which then returns that status. The callback
 * must not use the connection.
 */
typedef enum status db_row_f(void *ctx, const struct db_value *v, size_t n);

/* A result set with these columns begins; the names live until it returns. */
typedef enum status db_set_f(void *ctx, const struct str *names, size_t n);

/*
 * One call of a procedure or function, and who takes what comes of it, in that
 * order: each result set with its rows, then once the OUT and INOUT parameters
 * as if they were a row. What a taker refuses with a status other than ST_OK
 * is dropped, and so is all that follows: a call is not ended half-way for its
 * answer's sake.
 */
struct db_call {
	struct db_stmt stmt; /* "CALL p(?, ?)", "SELECT f(?)" */
	int64_t deadline_ms;
	db_set_f *set;
	db_row_f *row;
	db_row_f *out;
	void *ctx;
	/* What became of it. */
	bool sent;    /* it may have run, or a part of it */
	bool refused; /* by the routine itself, in the words of the error */
};

#define DB_BEHIND_FOREVER INT64_MAX

/* What is done to find out whether a connection is lost. */
enum db_care {
	DB_TRUST, /* nothing: what its last use has told */
	DB_LOOK,  /* has the server closed it? Waits for nobody */
	DB_ASK    /* the server must answer, within a second */
};

struct db_driver {
	const char *name;
	char quote; /* around identifiers, doubled inside */
	/* What the schema of a database's tables is called; NULL: as the
	 * database is. */
	const char *schema;
	/* versions() asks no server: a transaction may ask it each time. */
	bool versions_cheap;
	/* Others may write while a transaction does: what it will write goes
	 * by what it reads with SELECT ... FOR UPDATE. */
	bool for_update;
	/* Several rows of one INSERT ... RETURNING come in their order. */
	bool returns_in_order;
	/* A statement that a trigger ends may leave a part of what it did. */
	bool fails_in_part;
	/*
	 * ST_UNAVAILABLE: cannot be reached now; ST_INVALID: the config is
	 * wrong. deadline_ms is in clock_boot_ms() time, here and below.
	 */
	enum status (*connect)(const struct db_config *config,
	    int64_t deadline_ms, struct db_conn **out, struct error *err);
	void (*disconnect)(struct db_conn *conn);
	/* Whether the server understands INSERT ... RETURNING. */
	bool (*returning)(const struct db_conn *conn);
	/* False once the connection is lost for good: end it, take another.
	 * Not within a transaction, but for DB_TRUST. */
	bool (*usable)(struct db_conn *conn, enum db_care care);
	/*
	 * Runs one statement, prepared and kept by its text in a cache of the
	 * connection. row and result may be NULL. ST_TIMEOUT past the
	 * deadline; ST_EXISTS for a unique key, ST_INVALID for any other
	 * constraint or a value that does not fit; ST_STALE when a table or
	 * column of the text does not exist; ST_DENIED for a write to what is
	 * read-only; ST_UNAVAILABLE when the database went away or stays
	 * locked. The error names tables and columns, never a value. A time-out
	 * may end the whole transaction: nothing runs then until rollback();
	 * it may end the connection as well: ask usable().
	 */
	enum status (*run)(struct db_conn *conn, const struct db_stmt *stmt,
	    int64_t deadline_ms, db_row_f *row, void *ctx,
	    struct db_result *result, struct error *err);
	/* Before run(): the statement that follows may be prolonged, up to
	 * last_ms. */
	void (*may_last)(struct db_conn *conn, int64_t last_ms);
	/*
	 * From the row callback alone, after may_last(): the statement that
	 * runs, and the transaction around it, may take until then. What is
	 * over already stays so.
	 */
	void (*prolong)(struct db_conn *conn, int64_t deadline_ms);
	/*
	 * Calls a routine, outside a transaction and never twice. Whatever it
	 * does to the session ends with it: variables, temporary tables,
	 * locks, a transaction that it leaves open (which is rolled back), the
	 * role it takes. Returns as run, or else what a taker said. NULL: the
	 * engine has no routines.
	 */
	enum status (*call)(
	    struct db_conn *conn, struct db_call *call, struct error *err);
	/* The routines that this user may know of. ST_TOO_BIG: more than a
	 * bound of routine.h. With call, or NULL. */
	enum status (*routines)(struct db_conn *conn,
	    const struct routine_order *order, struct routines *out,
	    struct error *err);
	/* A transaction that only reads: all of its statements see the rows of
	 * one moment. End it with rollback(). */
	enum status (*begin_read)(
	    struct db_conn *conn, int64_t deadline_ms, struct error *err);
	/* A transaction that will write. A commit that fails rolls back; when
	 * the connection is not usable() after it, nobody knows whether what
	 * was written is kept. */
	enum status (*begin)(
	    struct db_conn *conn, int64_t deadline_ms, struct error *err);
	enum status (*commit)(struct db_conn *conn, struct error *err);
	/* Waits no longer than the deadline of begin(): a server that does not
	 * answer by then costs the connection. */
	void (*rollback)(struct db_conn *conn);
	/* False before begin(), after the end, and once the database has ended
	 * the transaction by itself (RAISE(ROLLBACK) in a trigger). */
	bool (*in_transaction)(const struct db_conn *conn);
	/*
	 * Changes the schema, outside a transaction: all of it or nothing, or
	 * where the engine has no transactions for it (result->stands) as much
	 * as that says. ST_INVALID in the engine's words: it cannot be done
	 * with the rows or the rest of the schema as they are; ST_STALE: the
	 * schema is not the catalogue's any more.
	 */
	enum status (*reshape)(struct db_conn *conn,
	    const struct reshape *order, struct reshape_result *result,
	    struct error *err);
	/* A column may be set to the time of every change of its row. */
	bool follows_updates;
	/* Runs several statements at once; only for weir's own migrations. */
	enum status (*script)(
	    struct db_conn *conn, const char *sql, struct error *err);
	/*
	 * What the server says it is, the same for every way to reach the same
	 * database: names its tags. Appended to out. ST_MISSING: it was
	 * moved, deleted or dropped.
	 */
	enum status (*identity)(
	    struct db_conn *conn, struct buf *out, struct error *err);
	/* Reads tables, columns, keys into a catalogue in the arena. */
	enum status (*catalog)(struct db_conn *conn, struct arena *arena,
	    int64_t deadline_ms, struct catalog *out, struct error *err);
	/*
	 * A number that changes when the schema does (schema_version), and one
	 * that changes when another connection committed (data_version). Does
	 * not wait for a lock much longer than a moment. schema may be NULL:
	 * a server takes its time to say it. In a transaction it
	 * is asked only where versions_cheap says so.
	 */
	enum status (*versions)(struct db_conn *conn, int64_t *schema,
	    int64_t *data, struct error *err);
	/*
	 * How many seconds the server is behind the one whose changes it
	 * repeats: 0 when it repeats none, or when this user may not know;
	 * DB_BEHIND_FOREVER when it has ceased to. Optional.
	 */
	enum status (*behind)(struct db_conn *conn, int64_t deadline_ms,
	    int64_t *seconds, struct error *err);
	/*
	 * From any thread, without waiting: ends the statement that conn is
	 * running, or the one it runs next; it returns ST_TIMEOUT. Such a
	 * connection runs nothing more: it is to be disconnected.
	 */
	void (*interrupt)(struct db_conn *conn);
};

/* NULL when no driver has that name. */
const struct db_driver *db_driver_find(struct str name);

/* All drivers built in; NULL ends the list. */
extern const struct db_driver *const db_drivers[];

#endif
