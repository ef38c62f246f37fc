/*
 * The services that keep answers in the cache, and how it does for each:
 * GET /system/cache and /system/cache/{service}.
 */
#ifndef WEIR_SYSTEM_CACHED_H
#define WEIR_SYSTEM_CACHED_H

#include <stdbool.h>

struct account_call;
struct service;

bool cached_is_kept(const struct service *service);

/* Each makes the response, with the parameter "fields". May block where counts
 * are among them. */
void cached_list(struct account_call *c);
void cached_show(struct account_call *c, const struct service *service);

#endif
