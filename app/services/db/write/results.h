/*
 * What came of each record of a call on several: the records as JSON, and
 * which of them failed (dreamfactory.md 1.10).
 */
#ifndef WEIR_SERVICES_DB_RESULTS_H
#define WEIR_SERVICES_DB_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/status.h"

struct request;

struct results {
	struct buf list;   /* {...},{...} */
	struct buf failed; /* 1,3: places of those that failed */
	size_t n;
	size_t n_failed;
};

void results_open(struct results *r, struct arena *arena);

/* Begins the next result, which the caller appends to the buf returned. */
struct buf *results_next(struct results *r);

/* The next n results, as {...},{...}. */
void results_add(struct results *r, struct str list, size_t n);

/* The next result is a failure. */
void results_fail(struct results *r, enum status st, const struct error *err);

/*
 * The batch error: "Batch Error: Not all requested records could be {done}."
 * with every result so far in its context.
 */
void results_refuse(struct request *req, const struct results *r,
    const char *done, bool rolled_back);

#endif
