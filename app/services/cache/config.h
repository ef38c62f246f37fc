/* The config of a cache service, from the JSON of its record. */
#ifndef WEIR_SERVICES_CACHE_CONFIG_H
#define WEIR_SERVICES_CACHE_CONFIG_H

#include "app/base/status.h"
#include "app/base/str.h"

struct cache_service;
struct service;
struct service_host;
struct service_type;

/* check of struct service_type: the fields against each other. */
enum status cache_config_check(
    const struct service_type *type, struct str config, struct error *err);

/*
 * Sets the store, which the service gives back, and the numbers beside it.
 * ST_INVALID names the member; else fails as the driver's open does. Members
 * that weir does not use are left alone.
 */
enum status cache_config_open(struct cache_service *service,
    const struct service *record, const struct service_host *host,
    struct error *err);

#endif
