/*
 * What the role may do with keys that the path does not name. The access stage
 * has judged the path: a key there is its component, and a call on the service
 * itself is one on "". Keys in the query or the body are judged here, by the
 * same rows, so that they open nothing that their paths do not.
 */
#ifndef WEIR_SERVICES_CACHE_RIGHTS_H
#define WEIR_SERVICES_CACHE_RIGHTS_H

#include <stdbool.h>

#include <stddef.h>

struct cache_op;
struct request;

/* Do row filters of the role apply to the path? */
bool rights_filtered(const struct request *req);

/* May the role do what the call does to the keys of all n operations, and
 * delete those that are pulled, whatever the method? */
bool rights_allow(
    const struct request *req, const struct cache_op *ops, size_t n);

/* The answer is the access stage's refusal. */
void rights_refuse(struct request *req);

#endif
