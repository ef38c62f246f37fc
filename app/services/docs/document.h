/* A whole OpenAPI document (dreamfactory.md 10). */
#ifndef WEIR_SERVICES_DOCS_DOCUMENT_H
#define WEIR_SERVICES_DOCS_DOCUMENT_H

#include <stdbool.h>

#include "app/base/buf.h"

struct doc;
struct request;
struct service;

/* With what the query asks for, once no other document is made. False: the
 * response holds the refusal. Else document_close() must follow. */
bool document_open(struct doc *d, struct request *req);
void document_close(struct doc *d);

/* Adds what the caller may do with the service, if it is active and open. */
void document_service(struct doc *d, const struct service *service);

/* The document, of the one service that it is about or, with NULL, of all. */
void document_put(
    struct doc *d, const struct service *service, struct buf *out);

#endif
