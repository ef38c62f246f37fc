/* Calls on a resource of the System API (resource.h), and on one of its
 * records. Worker only. */
#ifndef WEIR_SERVICES_SYSTEM_RECORDS_H
#define WEIR_SERVICES_SYSTEM_RECORDS_H

struct account_call;
struct request;
struct system_resource;

/* Makes the response. */
void records_handle(
    struct account_call *c, const struct system_resource *resource);

/* The response to a path that names nothing: 404. */
void records_unknown(struct request *req);

#endif
