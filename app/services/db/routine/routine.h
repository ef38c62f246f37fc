/*
 * Procedures and functions of a database (dreamfactory.md 7.8): /_proc and
 * /_func list them, /_proc/NAME and /_func/NAME call one, by GET or POST.
 *
 * A call is taken for a write of any table, whatever the routine says of
 * itself (SQL_DATA_ACCESS is a comment, which no server enforces): it outdates
 * every cached answer of the database, unless the service's config says which
 * tables it writes (cache_tables_by_routine). It is never answered from the
 * cache, by a HEAD or to a read-only service, and goes on when its client goes.
 * It runs outside a transaction, as the routine may hold some of its own; what
 * it had done before it failed stays done.
 */
#ifndef WEIR_SERVICES_DB_ROUTINE_H
#define WEIR_SERVICES_DB_ROUTINE_H

#include <stdbool.h>

#include "app/services/db/db.h"
#include "drivers/db/routine.h"

struct routine_call {
	struct request *req;
	const struct db_service *service;
	enum routine_kind kind;
	struct str name;    /* as it was asked for; "": the list */
	struct str inlined; /* "(1,2)" behind the name, STR_NULL: nothing */
	const struct routine *routine; /* NULL: not found yet */
	struct db_conn *conn;          /* while it may be asked */
	int64_t deadline_ms;
};

/* Does the path of the request begin with _proc or _func? */
bool routine_is_asked(const struct request *req);

/* The handlers; they make the response. */
void routine_handle(struct request *req);
void routine_list(struct routine_call *c);
void routine_run(struct routine_call *c);

/* "Procedure" and "procedure", or the same of a function. */
const char *routine_title(const struct routine_call *c);
const char *routine_word(const struct routine_call *c);

/* A connection and the time it has, as table_call_take(); but no read, which
 * would end with its client. NULL is given back as well. */
enum status routine_take(struct routine_call *c, struct error *err);
void routine_give(struct routine_call *c);

/* The routines of that name, in any case; STR_NULL: of every name. */
enum status routine_read(struct routine_call *c, struct str name,
    struct routines *out, struct error *err);

/* ST_MISSING: there is none of that name. */
enum status routine_missing(
    const struct routine_call *c, struct str name, struct error *err);

/* What failed before the routine was called; verb: "call", "list". */
void routine_fault(struct routine_call *c, const char *verb, enum status st,
    const struct error *err);

/* For the operator. */
void routine_log(const struct routine_call *c, const struct error *err);

#endif
