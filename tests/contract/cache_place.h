/*
 * The place where a driver's real store runs during a test: a folder of its
 * own. A driver that needs a server has a row that starts and stops it.
 */
#ifndef WEIR_TESTS_CACHE_PLACE_H
#define WEIR_TESTS_CACHE_PLACE_H

#include <stdbool.h>

struct cache_driver;
struct cache_config;

/* Starts an empty store; false when it cannot, or is unknown here. */
bool place_start(const char *place, const struct cache_driver *driver);

/* Ends it and removes the folder. */
void place_stop(const char *place, const struct cache_driver *driver);

/* Empties it, while nobody uses it, as a restart of its server would. */
void place_wipe(const char *place, const struct cache_driver *driver);

/* Fills in what leads the driver to the store. */
void place_config(const char *place, const struct cache_driver *driver,
    struct cache_config *out);

#endif
