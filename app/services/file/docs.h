/* What documents say of a file service: app/services/docs/doc.h. */
#ifndef WEIR_SERVICES_FILE_DOCS_H
#define WEIR_SERVICES_FILE_DOCS_H

struct doc;
struct service;

void file_describe(struct doc *d, const struct service *service);

#endif
