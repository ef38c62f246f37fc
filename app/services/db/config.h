/* The config of a database service, from the JSON of its record. */
#ifndef WEIR_SERVICES_DB_CONFIG_H
#define WEIR_SERVICES_DB_CONFIG_H

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct db_config;
struct db_service;
struct service;
struct service_type;
struct settings;

/*
 * Sets driver, config and the numbers beside it; texts live in the service's
 * arena. ST_INVALID names the member. Members that weir does not use are left
 * alone.
 */
enum status config_read(struct db_service *service,
    const struct service *record, const struct settings *settings,
    struct error *err);

/* check and cacheable of struct service_type, of a database on a server. */
enum status config_check(
    const struct service_type *type, struct str config, struct error *err);
enum status config_cacheable(struct str config, struct error *err);

/* database of struct service_type: how the database is reached. */
enum status config_database(const struct service_type *type, struct str config,
    struct arena *arena, struct db_config *out, struct error *err);

#endif
