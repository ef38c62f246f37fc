/*
 * A database service as the pipeline would call it: a real SQLite file, a role,
 * requests made from a method, a path and a body, and a store that only notes
 * which tags are deleted.
 */
#ifndef WEIR_TESTS_DB_WORLD_H
#define WEIR_TESTS_DB_WORLD_H

#include <stdbool.h>

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "drivers/db/db.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stores.h"

struct world {
	char folder[64];
	char path[96];
	struct db_conn *conn; /* beside the service's own */
	struct arena arena;
	struct settings settings;
	struct service_host host;
	struct service service;
	struct access rows[4];
	struct role role;
	const struct principal *principal; /* who calls; NULL: a key alone */
	struct store store;                /* notes what is deleted */
	struct store_conn store_conn;
	struct stores_shared shared;
	struct stores stores;
	struct request req;
	char deleted[2048];       /* the tags of the last call, "|" after each
				   * batch; the identity is left out */
	enum status store_status; /* what the store answers */
	int64_t watched[8];       /* watch_sql's number at each batch */
	const char *watch_sql;
	size_t n_batches;
};

/*
 * Makes the database with the script and opens the service on it; more is
 * added to the config: ",\"max_records\":5" or "". The role may do anything.
 */
void world_open(struct world *w, const char *script, const char *more);
void world_close(struct world *w);

/* Runs statements beside the service. */
void world_script(struct world *w, const char *sql);

/* One number from a statement beside the service. */
int64_t world_number(struct world *w, const char *sql);

/* Puts row filters on what the role may do, as a row of it has them. */
void world_filter(struct world *w, const char *filters, const char *op);

/* Fills w->req for "GET", "_table/t?limit=1"; body may be NULL. */
void world_request(
    struct world *w, const char *method, const char *target, const char *body);

/* The same, and handles it. Returns the status; the body is world_body(). */
int world_call(
    struct world *w, const char *method, const char *target, const char *body);

/* The answer must be 200 with that body, or an error with that message. */
void world_expect(struct world *w, const char *method, const char *target,
    const char *body, const char *want);
void world_expect_refusal(struct world *w, const char *method,
    const char *target, const char *body, const char *message);

/* The body of the last answer, NUL-terminated. */
const char *world_body(struct world *w);

/* The message of the last answer, which must be an error. */
const char *world_message(struct world *w);

/* Does the last answer have this header line ("Allow: GET")? */
bool world_has_header(struct world *w, const char *line);

#endif
