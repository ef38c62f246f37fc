/* What documents say of a cache service: app/services/docs/doc.h. */
#ifndef WEIR_SERVICES_CACHE_DOCS_H
#define WEIR_SERVICES_CACHE_DOCS_H

struct doc;
struct service;

void cache_describe(struct doc *d, const struct service *service);

#endif
