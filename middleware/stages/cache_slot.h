/*
 * What the cache stage knows of one request, from its plan to its leaving.
 * Only the files of the stage include this.
 */
#ifndef WEIR_CACHE_SLOT_H
#define WEIR_CACHE_SLOT_H

#include <stdbool.h>

#include "app/base/str.h"
#include "middleware/entry.h"
#include "middleware/freshness.h"
#include "middleware/lease.h"
#include "middleware/service.h"
#include "middleware/stages/cache_result.h"
#include "middleware/tags.h"

struct cache_op;
struct outages;

enum lookup {
	LOOKUP_NONE,     /* the request is not for the cache */
	LOOKUP_BYPASSED, /* nothing is kept of what it asks for */
	LOOKUP_HIT,
	LOOKUP_MISS,
	LOOKUP_STALE,    /* found, but too old, or a tag changed since */
	LOOKUP_REFRESH,  /* the client wants a newer one */
	LOOKUP_UNSTORED, /* the client wants nothing to be kept */
	LOOKUP_SKIPPED,  /* the store did not answer */
	LOOKUP_REFUSED   /* the client wants nothing else than a cached one */
};

struct cache_slot {
	struct outages *outages; /* of the process */
	struct cache_plan plan;
	struct cache_wishes wishes;
	enum status planned; /* what the service said to the plan */
	struct str text;     /* of the plan, before the key was made of it */
	struct str key;
	struct cache_op *entry_op; /* NULL: the entry is not wanted */
	struct cache_op *tag_ops[TAGS_MAX];
	struct cache_op *lease_op; /* NULL: it is not looked at */
	struct str gate;           /* its key, of a refresh; see cache_gate.h */
	bool passed;               /* that gate */
	struct tag_versions versions;
	enum lookup lookup;
	bool tags_known;
	bool joined; /* answered by the query of another request */
	bool stored;
	bool too_big; /* to be stored */
	bool unkept;  /* it was not to be stored, whatever its size */
	bool bridges; /* the entry may be served instead of a failure */
	bool outage;  /* so it is served without a try */
	int failure;  /* HTTP status: it was; 0: it was not */
	struct cache_age at;
	struct entry entry; /* as found, or as it was stored */
	struct cache_result result;
	int64_t looked_ms; /* for the entry: clock_boot_ms() */
	struct lease lease;
	bool asked;    /* its own query was begun */
	bool claims;   /* the lease's operation is a claim */
	bool explains; /* it is told about: cache_explain.h */
	bool waits;    /* another holds it */
	int64_t claimed_ms;
};

#endif
