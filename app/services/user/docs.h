/* What documents say of the calls that people make about themselves:
 * app/services/docs/doc.h. */
#ifndef WEIR_SERVICES_USER_DOCS_H
#define WEIR_SERVICES_USER_DOCS_H

struct doc;
struct service;

void user_describe(struct doc *d, const struct service *service);

/* Session, profile and password, below a prefix: "" or "admin/". */
void account_describe(struct doc *d, const char *prefix);

#endif
