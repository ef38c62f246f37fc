/*
 * The REST data API over one database (dreamfactory.md 7): the instance of a
 * database service, shared read-only by all workers, and one call on it.
 */
#ifndef WEIR_SERVICES_DB_H
#define WEIR_SERVICES_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/services/db/read/query.h"
#include "app/services/db/read_hosts.h"
#include "app/services/db/routine_tables.h"
#include "app/services/db/statement.h"
#include "app/services/db/table_ttl.h"
#include "drivers/db/catalog.h"
#include "drivers/db/db.h"
#include "middleware/freshness.h"

struct cascade;
struct pool;
struct relations;
struct request;

struct db_service {
	struct arena arena; /* of all below */
	const struct db_driver *driver;
	struct db_config config;
	int64_t max_records;
	int64_t max_connections;
	struct read_hosts read_hosts;
	int64_t read_lag;    /* seconds that they may be behind */
	bool allow_upsert;   /* a change of a missing record makes it */
	bool json_as_object; /* FORM_OBJECT is the form of JSON columns */
	struct catalog catalog;
	struct relations *relations; /* beside catalog.tables */
	struct str identity;
	const struct cascade **cascades; /* see cascades.h */
	struct str *table_tags;          /* beside catalog.tables */
	struct str tag_all;              /* see depends.h */
	struct str tag_any;
	struct freshness fresh; /* of its cached answers; ttl: 0 */
	struct table_ttls ttls;
	uint32_t *table_ttl; /* beside catalog.tables */
	struct routine_tables routine_tables;
	bool watched; /* whoever commits outdates all that is cached */
	struct pool *pool;
	struct replicas *replicas; /* that answer reads; NULL: none do */
	/* Only schema_watch.c uses these, in one thread. */
	struct db_conn *watch; /* NULL: lost */
	int64_t data_version;  /* that it saw last */
	bool data_known;
	int64_t look_ms; /* not before */
};

/* A database of the platform's own, which is no service. */
struct db_own {
	struct db_config config; /* its texts live as long as what is made */
	int64_t max_records;
	int64_t max_connections;
	int64_t deadline_ms; /* clock_boot_ms() time; reading the catalogue */
	/* Takes out of the catalogue what no call may see, in the arena. */
	void (*trim)(struct catalog *c, struct arena *arena);
};

/* What calls on its tables are made with; may block. */
enum status db_service_own(
    const struct db_own *own, struct db_service **out, struct error *err);
void db_service_close(struct db_service *service); /* NULL is harmless */

/* A call on a table or one of its records; lives in the request's arena. */
struct table_call {
	struct request *req;
	const struct db_service *service;
	const struct db_table *table;
	struct str id;                /* as sent; STR_NULL: the table itself */
	const struct condition *role; /* rows it may touch; NULL: all */
	struct db_conn *conn;         /* while a statement may run */
	struct replica *replica;      /* whose conn it is; NULL: the server's */
	bool no_replica;              /* the server itself is to be asked */
	int64_t deadline_ms;          /* of its statements */
	bool lasting;                 /* its answer may leave in pieces */
	bool outdated;                /* the schema is not the catalogue's */
	bool autocommits;             /* its one statement is a transaction */
	bool in_doubt;                /* the commit was sent, not answered */
	/* other tables that it writes, each once; see nested.h */
	const struct db_table **also;
	size_t n_also;
	/* What the database said of a name that it does not know, and what was
	 * to be done: the answer stands, but may be another once the schema
	 * has been looked at. STR_NULL: it knew all. */
	struct str stale;
	const char *stale_verb;
};

/* The table of that name, or NULL: also for one with a slash in it, which the
 * role was asked about as two names. */
const struct db_table *db_service_table(
    const struct db_service *service, struct str name);

/*
 * Finds what /_table/T[/ID] names, and the condition that the row filters of
 * the role put on it. ST_MISSING when there is no such table or resource,
 * ST_DENIED when the filters cannot be applied. No I/O, no response.
 */
enum status table_call_open(
    struct table_call *c, struct request *req, struct error *err);

/* The same without the condition, for who runs no statement: the plan of a
 * read, whose entry is named by the role's fingerprint. */
enum status table_call_find(
    struct table_call *c, struct request *req, struct error *err);

/* The query of the call, with the options of that body (JSON_NONE: it has
 * none); ST_INVALID with err for a client's mistake. */
enum status table_call_query(const struct table_call *c, struct json body,
    struct query *out, struct error *err);

/* The identifier in the path. ST_INVALID when it is none. */
enum status table_call_identifier(const struct table_call *c,
    const struct identity *by, struct identifier *out, struct error *err);

/* When the statements of a request that begin now must have ended, in
 * clock_boot_ms() time. */
int64_t call_deadline(const struct request *req);

/*
 * A connection and the time its statements have; ST_UNAVAILABLE or ST_TIMEOUT
 * when there is none. A read on it ends with ST_TIMEOUT when its client goes;
 * see cancel.h. Give it back with the last status: after ST_ERROR or
 * ST_UNAVAILABLE it is not used again.
 */
enum status table_call_take(struct table_call *c, struct error *err);
void table_call_give(struct table_call *c, enum status st);

/*
 * Must the server itself be asked what a replica has failed to answer? True: it
 * is what the call takes next. Whatever the replica may lack (its schema, the
 * user's rights) is for the server to say. Not for what only took too long, nor
 * when a part of the answer has left.
 */
bool table_call_turn(struct table_call *c, enum status st);

/* Runs s as struct db_driver's run. */
enum status table_call_run(struct table_call *c, const struct statement *s,
    db_row_f *row, void *ctx, struct db_result *result, struct error *err);

/*
 * From the row callback of a lasting call: what has been built of its answer
 * leaves, if there is enough of it (stream.h). From then on the statement takes
 * as long as its client does, to the deadline of the request. ST_REFUSED: the
 * statement is to end, and so is the call, without another word.
 */
enum status table_call_flush(struct table_call *c);

/* An empty statement in the dialect of the database. */
struct statement table_call_statement(const struct table_call *c);

/*
 * Ends a SELECT in a transaction that writes: its rows are read as they are
 * now, not as they were when the transaction began, and nobody else writes
 * them until it ends.
 */
void table_call_lock(const struct table_call *c, struct statement *s);

/* The handlers; each makes the response. */
void records_read(struct table_call *c);
void records_write(struct table_call *c);

/* What records_read() answers of the one record that the path names, on the
 * connection that the call has; anything but ST_OK makes no response. */
enum status records_read_one(struct table_call *c, struct error *err);

/* cache_plan of struct service_type. */
struct cache_plan;
enum status db_cache_plan(struct request *req, struct cache_plan *plan);

/* The same of a read of records: its SQL, for explain of struct
 * service_type. */
struct sql_list;
enum status records_explain(
    struct table_call *c, struct sql_list *out, struct error *err);

#endif
