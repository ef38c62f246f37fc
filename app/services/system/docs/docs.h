/* What documents say of the System API: app/services/docs/doc.h. */
#ifndef WEIR_SERVICES_SYSTEM_DOCS_H
#define WEIR_SERVICES_SYSTEM_DOCS_H

struct doc;
struct service;
struct system_resource;
struct system_tables;

void system_describe(struct doc *d, const struct service *service);

/* The schemas of a resource's records, as they are read and written. */
void docs_resource(struct doc *d, const struct system_tables *tables,
    const struct system_resource *resource);

#endif
