/* What a store knows of a service as a whole. */
#ifndef WEIR_SERVICES_CACHE_LIST_H
#define WEIR_SERVICES_CACHE_LIST_H

struct cache_call;

/* GET of the service: its keys, a page at a time. */
void list_keys(struct cache_call *c);

/* ?stats=true: of the whole store. */
void list_stats(struct cache_call *c);

#endif
