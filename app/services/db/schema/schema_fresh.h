/*
 * Keeping the catalogue of a request in step with the database: the instance
 * that the request has is never changed, but another may be opened for it.
 */
#ifndef WEIR_SERVICES_DB_SCHEMA_FRESH_H
#define WEIR_SERVICES_DB_SCHEMA_FRESH_H

#include <stdbool.h>

struct request;

enum schema_state {
	SCHEMA_SAME,   /* the catalogue is right */
	SCHEMA_FRESH,  /* it was not: req->service is another instance now */
	SCHEMA_UNKNOWN /* nobody answers, or it could not be read anew */
};

/* Worker only, without a connection in hand: asks the database, and has the
 * service opened anew when its schema is another. */
enum schema_state schema_refresh(struct request *req);

/* Worker only: does so when the call says refresh=true, or writes. False:
 * nobody answers, and the response says so. */
bool schema_wanted_fresh(struct request *req);

/* Worker only: this request has changed the schema, so in any case. */
enum schema_state schema_reread(struct request *req);

#endif
