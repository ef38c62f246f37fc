/* Keys as a path and a query name them (contract.md section 2). */
#ifndef WEIR_SERVICES_CACHE_KEY_H
#define WEIR_SERVICES_CACHE_KEY_H

#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct request;

/*
 * NULL, or what is wrong, to follow "the key": it is empty, longer than
 * CACHE_KEY_MAX bytes, holds a control byte, is not UTF-8, in which no answer
 * could name it, or nothing but slashes, which a role's rows do not tell from
 * the service itself.
 */
const char *key_fault(struct str key);

/* A key for a message: itself, or its beginning with "..." */
struct str key_shown(struct arena *arena, struct str key);

/*
 * The key in the path, decoded, without one slash behind it; STR_NULL when the
 * path names the service itself. ST_INVALID with err: it can be no key.
 */
enum status key_of_path(
    const struct request *req, struct str *key, struct error *err);

/*
 * The keys of ?keys=, split before they are decoded; *list is NULL when there
 * is no such parameter. ST_INVALID with err: one of them can be no key or is
 * there twice, or there are more than a call may name.
 */
enum status keys_of_query(
    const struct request *req, struct str **list, size_t *n, struct error *err);

#endif
