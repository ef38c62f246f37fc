/*
 * A store of this process: a driver and what it opened for a config. Whoever
 * names the same config shares it, so that no file is opened twice and a batch
 * goes to it once.
 */
#ifndef WEIR_STORE_H
#define WEIR_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"

struct cache;
struct cache_config;
struct cache_driver;
struct store_table;

/* Lives until the last owner has given it back and the last thread has let go
 * of it. */
struct store {
	const struct cache_driver *driver;
	struct cache *cache;
};

struct store_table *store_table_new(void);

/* After every store was given back and let go. */
void store_table_free(struct store_table *table);

/*
 * Any thread, for an owner, a use of the process or a service: opens the store
 * of a config, or shares the one that is open. Texts of the config are borrowed
 * for the call only. Fails as the driver's open does, and takes as long, as
 * store_give() and store_unref() take as long as its close; what others do with
 * other stores goes on meanwhile.
 */
enum status store_take(struct store_table *table,
    const struct cache_driver *driver, const struct cache_config *config,
    struct store **out, struct error *err);
void store_give(struct store *store);

/* Any thread: holds a store for the sake of a connection to it. */
struct store *store_ref(struct store *store);
void store_unref(struct store *store);

/* It has no owner now: end your connection, unless you are at work. */
bool store_is_retired(const struct store *store);

/* Every store that is open, each held for the caller as by store_ref(), in an
 * array of *n that the caller frees. */
struct store **store_table_list(struct store_table *table, size_t *n);

/* Changes whenever a store was retired. */
unsigned store_table_epoch(const struct store_table *table);

#endif
