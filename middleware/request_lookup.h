/*
 * What the lookups in a role's row filters stand for in a request
 * (dreamfactory.md 3.4): what is built in, as {user.id}, and the records of the
 * user, the role, the app and the system, the nearest of these to the user
 * first. What is private, secret or the client's to choose has no value.
 */
#ifndef WEIR_REQUEST_LOOKUP_H
#define WEIR_REQUEST_LOOKUP_H

#include <stdbool.h>

#include "middleware/registry/lookup_text.h"

struct buf;
struct request;

/* Views of the request, which must live as long. */
struct lookup_source request_lookups(const struct request *req);

/* Has the name a value of the user's own, who calls? */
bool request_lookup_is_own(const struct request *req, struct str name);

/* Appends the values of all that the role's filters and the service's config
 * look up, in a form that tells any two callers apart for whom they differ. */
void request_lookups_put(struct buf *key, struct request *req);

#endif
