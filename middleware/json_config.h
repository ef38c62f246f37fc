/*
 * The config document of a service: a JSON object of plain values, read with
 * json-c. (Bodies of requests are read by json.h, which keeps the digits of
 * every number; json-c saturates integers beyond 64 bits.)
 */
#ifndef WEIR_JSON_CONFIG_H
#define WEIR_JSON_CONFIG_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

/*
 * A member: text is its string, or its number or boolean as JSON writes it;
 * both live in the arena. False ends the reading.
 */
typedef bool json_config_f(void *ctx, struct str name, struct str text);

/*
 * Calls `member` for each member in its order; null members are left out.
 * ST_INVALID: the text is no JSON object, a member is no plain value, or
 * `member` said no; err names it.
 */
enum status json_config_each(struct arena *arena, struct str text,
    json_config_f *member, void *ctx, struct error *err);

#endif
