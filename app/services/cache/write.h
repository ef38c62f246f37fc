/* POST, PUT and PATCH: storing values. */
#ifndef WEIR_SERVICES_CACHE_WRITE_H
#define WEIR_SERVICES_CACHE_WRITE_H

struct cache_call;

/*
 * PUT and PATCH replace; so does POST, unless create=true or a service with
 * bare_values asks for new keys only: then none is stored when one of them is
 * there; what was stored until one came to exist meanwhile stays, and is told.
 */
void write_values(struct cache_call *c);

#endif
