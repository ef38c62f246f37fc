/* A store that a cache service reaches as its own config says. */
#ifndef WEIR_SERVICES_CACHE_CONFIG_OWN_H
#define WEIR_SERVICES_CACHE_CONFIG_OWN_H

#include "app/base/status.h"
#include "app/base/str.h"

struct cache_config_text;
struct cache_driver;
struct store_config;

/* What the driver's connection needs must be there. ST_INVALID names the
 * member. */
enum status cache_config_own_check(
    struct str driver, const struct cache_config_text *text, struct error *err);

/*
 * Puts the connection into *config in place of the settings'; what belongs to
 * no connection stays. Its texts are those of *text. ST_INVALID names the
 * member.
 */
enum status cache_config_own(const struct cache_driver *driver,
    const struct cache_config_text *text, struct store_config *config,
    struct error *err);

#endif
