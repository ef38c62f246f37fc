/*
 * Tags of writes that were done while the tags' store could not be reached.
 * Until they are deleted there, this process takes nothing from the cache that
 * depends on them (CACHE_WRITE_ON_ERROR=proceed; architecture.md "Tags").
 */
#ifndef WEIR_PENDING_H
#define WEIR_PENDING_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct pending;

struct pending *pending_new(void);
void pending_free(struct pending *p);

/* Any thread. Beyond the bound of the list every tag counts as pending, as long
 * as the process lives. */
void pending_add(struct pending *p, const struct str *tags, size_t n);

/* Any thread: is one of them pending? Two atomic loads while none is. */
bool pending_any(struct pending *p, const struct str *tags, size_t n);

/* Deletes a tag in the store. */
typedef enum status pending_delete_f(void *ctx, struct str tag);

/*
 * Tries to delete each pending tag and forgets those that are deleted; ends
 * with the first that cannot be. One thread at a time.
 */
void pending_retry(struct pending *p, pending_delete_f *drop, void *ctx);

#endif
