/* The stores that the settings name: how to reach each of the five. */
#ifndef WEIR_STORE_CONFIG_H
#define WEIR_STORE_CONFIG_H

#include "app/base/status.h"
#include "drivers/cache/cache_config.h"
#include "drivers/db/db.h"

struct cache_driver;
struct settings;

/* A config with the database it may point to. */
struct store_config {
	struct cache_config cache;
	struct db_config db;
};

/*
 * Fills in how the settings say that driver's store is reached. The texts are
 * those of the settings; *out must stay where it is.
 */
void store_config_read(const struct settings *settings,
    const struct cache_driver *driver, struct store_config *out);

#endif
