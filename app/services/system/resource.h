/*
 * The resources of the System API (dreamfactory.md 8): for each its table, and
 * what changes its records. Reads are those of the data API on that table.
 */
#ifndef WEIR_SERVICES_SYSTEM_RESOURCE_H
#define WEIR_SERVICES_SYSTEM_RESOURCE_H

#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct account_call;
struct system_write;

struct system_resource {
	const char *name;  /* in the path */
	const char *table; /* whose records it has */
	const char *where; /* which of them, as SQL; NULL: all */
	/*
	 * Makes of a record what takes long, before the transaction begins, for
	 * system_write.prepared. NULL: the response holds the refusal.
	 * Optional.
	 */
	void *(*prepare)(struct account_call *c, struct json record);
	/*
	 * Each changes one record within a transaction (write.h). A create
	 * sets *id; the others have ST_MISSING without a sentence when there
	 * is no such record. ST_EXISTS: it is there already, or in use. NULL:
	 * the resource is only read.
	 */
	enum status (*create)(struct system_write *w, struct json record,
	    int64_t *id, struct error *err);
	enum status (*update)(struct system_write *w, int64_t id,
	    struct json record, struct error *err);
	enum status (*remove)(
	    struct system_write *w, int64_t id, struct error *err);
	int created; /* HTTP status of a create */
	/* A member in which records of others stand, without which no snapshot
	 * holds anything of a record; NULL: it holds all of it. */
	const char *outside;
};

/* All of them; name NULL ends the list. */
extern const struct system_resource system_resources[];

/* In any case; NULL when there is none of that name. */
const struct system_resource *system_resource_find(struct str name);

#endif
