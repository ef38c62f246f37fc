/*
 * What a query gave, before the request's own headers and conditions: what the
 * others who waited for it are answered with.
 */
#ifndef WEIR_CACHE_RESULT_H
#define WEIR_CACHE_RESULT_H

#include "app/base/str.h"

struct request;

struct cache_result {
	int status;
	struct str type;
	struct str head;
	struct str body;
	/* of an error, whose envelope names its own request */
	struct str message;
	struct str context;
	int code;
};

/* Takes it from the request's response, as views of it. */
void cache_result_keep(struct cache_result *result, const struct request *req);

/* Makes it the response of another request, as copies. */
void cache_result_give(const struct cache_result *result, struct request *to);

#endif
