/* The service type that documents the others. */
#ifndef WEIR_SERVICES_DOCS_TYPES_H
#define WEIR_SERVICES_DOCS_TYPES_H

struct service_type;

extern const struct service_type service_api_docs;

#endif
