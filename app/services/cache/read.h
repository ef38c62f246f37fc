/* GET and HEAD: of one key, in the front where nothing is deleted with it, or
 * of several keys in one round trip. */
#ifndef WEIR_SERVICES_CACHE_READ_H
#define WEIR_SERVICES_CACHE_READ_H

#include <stdbool.h>

struct cache_call;
struct request;

/* plan and answer of struct service_type. */
bool read_plan(struct request *req);
bool read_answer(struct request *req);

/* Worker only: the same, and ?clear=. */
void read_key(struct cache_call *c);

/* Of ?keys=; false when there is none. */
bool read_keys(struct cache_call *c);

#endif
