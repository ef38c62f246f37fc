#include "middleware/tags.h"

#include "app/base/log.h"
#include "middleware/service.h"
#include "middleware/stores.h"

enum status
tags_bump(
    struct request *req, const struct str *tags, size_t n, struct error *err)
{
	struct cache_op ops[TAGS_MAX] = { 0 };
	struct cache_op *list[TAGS_MAX] = { 0 };
	enum status st;

	for (size_t i = 0; i < n; i++) {
		ops[i].kind = CACHE_DEL;
		ops[i].key = tags[i];
		list[i] = &ops[i];
	}
	st = stores_exec(req, STORE_CACHE, list, n);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		if (ops[i].status != ST_OK && ops[i].status != ST_MISSING)
			st = ops[i].status;
	}
	if (st == ST_OK)
		return ST_OK;
	log_line(LOG_ERROR, req->id,
	    "cache store: tags of a write could not be deleted: %s",
	    status_name(st));
	return error_set(err, st, "The cache store cannot be reached.");
}
