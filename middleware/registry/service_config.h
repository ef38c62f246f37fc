/* The config of a service, checked against what its type asks for. */
#ifndef WEIR_SERVICE_CONFIG_H
#define WEIR_SERVICE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct config_field;
struct settings;

/* One member as given: "database" and "/srv/shop.sqlite". */
struct config_member {
	struct str name;
	struct str value;
};

/* All that is given for a service. */
struct config_given {
	struct str type;
	const struct config_member *list;
	size_t n;
};

/* The field of that name, or NULL. */
const struct config_field *config_field_find(
    const struct config_field *fields, struct str name);

/*
 * Makes the JSON text of the config, in the order of the type's fields, with
 * the type's defaults for what is not given. ST_INVALID names the type that
 * does not exist, or the member that is unknown, missing, given twice or not
 * of its type, or says what does not fit together; never a value.
 */
enum status service_config_make(struct arena *arena,
    const struct config_given *given, struct str *json, struct error *err);

/* ST_EXISTS for a type of which there is one service, from the start: no other
 * is made. */
enum status service_single_check(struct str type, struct error *err);

/* ST_INVALID for a service, of that type and with that config, that would
 * stand on the system database. Lookups are known when it is opened: then it
 * is refused again. */
enum status service_place_check(struct arena *arena,
    const struct settings *settings, struct str type, struct str config,
    struct error *err);

/*
 * ST_INVALID when a service of that type, or with that config (secrets may be
 * sealed), has no answers that can be cached, and yet is to cache them.
 */
enum status service_caching_check(
    struct str type, struct str config, bool cache_enabled, struct error *err);

#endif
