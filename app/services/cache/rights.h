/*
 * What the role may do with keys that the path does not name. The access stage
 * has judged the path: a key there is its component, and a call on the service
 * itself is one on "". Keys in the query or the body are judged here, by the
 * same rows, so that they open nothing that their paths do not.
 */
#ifndef WEIR_SERVICES_CACHE_RIGHTS_H
#define WEIR_SERVICES_CACHE_RIGHTS_H

#include <stdbool.h>

#include "app/base/str.h"

struct request;

/* Do row filters of the role apply to the path? */
bool rights_filtered(const struct request *req);

/* May the role do what the call does to that key? */
bool rights_allow(const struct request *req, struct str key);

/* May it delete it, whatever the method? */
bool rights_allow_delete(const struct request *req, struct str key);

/* The answer is the access stage's refusal. */
void rights_refuse(struct request *req);

#endif
