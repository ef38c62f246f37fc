/*
 * What a query gave, before the request's own headers and conditions: what the
 * others who waited for it are answered with.
 */
#ifndef WEIR_CACHE_RESULT_H
#define WEIR_CACHE_RESULT_H

#include <stdbool.h>

#include "app/base/str.h"
#include "middleware/response.h"

struct arena;
struct request;

struct cache_result {
	int status;
	struct str type;
	struct str head;
	struct str body;
	struct response_content content;
	/* of an error, whose envelope names its own request */
	struct str message;
	struct str context;
	int code;
};

/* Takes it from the request's response, as views of it. */
void cache_result_keep(struct cache_result *result, const struct request *req);

/* As bytes in the arena, of one with a message; and such bytes, as views of
 * them: false when they are none. */
struct str cache_result_pack(
    struct arena *arena, const struct cache_result *result);
bool cache_result_unpack(struct str bytes, struct cache_result *result);

/* Makes it the response of another request, as copies. */
void cache_result_give(const struct cache_result *result, struct request *to);

#endif
