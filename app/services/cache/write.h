/* POST, PUT and PATCH: storing values. */
#ifndef WEIR_SERVICES_CACHE_WRITE_H
#define WEIR_SERVICES_CACHE_WRITE_H

struct cache_call;

/*
 * PUT and PATCH replace; so does POST, unless create=true or a service with
 * bare_values asks for new keys only: then all of them are new, or none is
 * stored, as far as a store can take back what it has done.
 */
void write_values(struct cache_call *c);

#endif
