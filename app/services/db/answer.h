/* How what a database said becomes an answer. */
#ifndef WEIR_SERVICES_DB_ANSWER_H
#define WEIR_SERVICES_DB_ANSWER_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct request;
struct table_call;

/* The answer is what has been put into response.build: 200, JSON. */
void answer_json(struct request *req);

/*
 * The same for {"resource":[...],"meta":...} or without meta. Without it, and
 * when bare, the list goes out as it is (wrap=false).
 */
void answer_list(struct request *req, bool bare, bool has_meta);

/* A refusal that is the client's to mend, or that err words fully. */
void answer_refuse(
    struct request *req, enum status st, const struct error *err);

/* What is said of a table that is not there, or must not be seen. Returns
 * ST_MISSING. */
enum status answer_no_table(struct str name, struct error *err);

/*
 * A statement failed: "Failed to {verb} records ..." for a fault, 503 with
 * Retry-After while the database is away, 504 past its deadline. Nothing of it
 * when the client has gone, or when the answer ended as table_call_flush()
 * says. ST_STALE makes the call stale: see there.
 */
void answer_fault(struct table_call *c, const char *verb, enum status st,
    const struct error *err);

/* The same for a call that is stale although the schema is the catalogue's: a
 * view or a trigger names what is not there. */
void answer_unknown(struct table_call *c);

/* Every method that some path of the service takes. */
void answer_options(struct request *req);

/* 405 with Allow. */
void answer_not_allowed(
    struct request *req, const char *why, const char *allow);

#endif
