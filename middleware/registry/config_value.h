/* One value of a service's config, checked against its field. */
#ifndef WEIR_CONFIG_VALUE_H
#define WEIR_CONFIG_VALUE_H

#include "app/base/status.h"
#include "app/base/str.h"

struct buf;
struct config_field;

/*
 * Appends the value as JSON of the field's type. ST_INVALID: err says what it
 * must be ("must be an integer from 1 to 65535"), never the value.
 */
enum status config_value_put(struct buf *json, const struct config_field *field,
    struct str value, struct error *err);

#endif
