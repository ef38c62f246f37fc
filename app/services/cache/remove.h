/* DELETE: of a key, of several, or of all that a service holds. */
#ifndef WEIR_SERVICES_CACHE_REMOVE_H
#define WEIR_SERVICES_CACHE_REMOVE_H

struct cache_call;

void remove_values(struct cache_call *c);

#endif
