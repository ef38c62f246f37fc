/* What is told of an explained call, as JSON: weir-api(7), EXPLAINED CALLS. */
#ifndef WEIR_CACHE_REPORT_H
#define WEIR_CACHE_REPORT_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/service.h"

struct buf;
struct cache_slot;
struct request;

/* What would become of the call. */
struct explanation {
	const char *verdict;  /* as in the access log, or "uncacheable" */
	struct str reason;    /* a sentence */
	struct error refusal; /* of the service; "": it would answer */
	struct sql_list sql;
	bool tags_told; /* the store has said which tags stand */
	bool found;     /* slot->entry and slot->at are what lies there */
	bool outdated;  /* and nobody is served it any more */
};

/* Appends the object. */
void cache_report(struct buf *json, const struct explanation *x,
    const struct cache_slot *slot, struct request *req);

#endif
