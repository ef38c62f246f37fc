/* Reading records of a resource (resource.h) as dreamfactory.md 8.1 has it. */
#ifndef WEIR_SERVICES_SYSTEM_READ_H
#define WEIR_SERVICES_SYSTEM_READ_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/str.h"

struct request;
struct shown_key;
struct system_resource;

struct system_read {
	const struct system_resource *resource;
	struct json body; /* with options of a read sent as POST; JSON_NONE */
	struct str id;    /* of one record, a number; STR_NULL: a list */
	/* What a write did, which the answer shows: its records in their
	 * order; without n_ids, none. */
	const int64_t *ids;
	size_t n_ids;
	const struct shown_key *keys; /* see show.h */
	size_t n_keys;
	struct str fields; /* when the call asks for none; STR_NULL: all */
};

/* Makes the response. */
void system_read(struct request *req, const struct system_read *read);

/* Is the call understood, so that the read can answer? Reads nothing, and what
 * is read does not matter. False: the response holds the refusal. */
bool system_read_check(struct request *req, const struct system_read *read);

/*
 * The ids of the records that a filter of the call finds, in the arena. False:
 * the response holds the refusal.
 */
bool system_read_ids(struct request *req, const struct system_read *read,
    int64_t **ids, size_t *n);

#endif
