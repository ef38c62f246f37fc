/* The stores that the settings name: how to reach each of the five. */
#ifndef WEIR_STORE_CONFIG_H
#define WEIR_STORE_CONFIG_H

#include <stdbool.h>

#include "app/base/status.h"
#include "drivers/cache/cache_config.h"
#include "drivers/db/db.h"

struct cache_driver;
struct settings;

/* A config with the database it may point to. */
struct store_config {
	struct cache_config cache;
	struct db_config db;
	bool found; /* db has texts of its own */
};

/*
 * Fills in how the settings say that driver's store is reached, but for the
 * database of the database store. The texts are those of the settings; *out
 * must stay where it is.
 */
void store_config_read(const struct settings *settings,
    const struct cache_driver *driver, struct store_config *out);

/* The same, and finds that database, as store_database.h says. On ST_OK end it
 * by store_config_free() when the store has been opened. */
enum status store_config_find(const struct settings *settings,
    const struct cache_driver *driver, struct store_config *out,
    struct error *err);

/* Harmless where nothing was found. */
void store_config_free(struct store_config *config);

#endif
