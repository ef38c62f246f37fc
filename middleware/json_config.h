/*
 * The config document of a service: a JSON object of plain values, read with
 * json-c. (Bodies of requests are read by json.h, which keeps the digits of
 * every number; json-c saturates integers beyond 64 bits.)
 */
#ifndef WEIR_JSON_CONFIG_H
#define WEIR_JSON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Where the text of a member goes: into the struct str at that offset. A form
 * may have sent any value as a string, so all are kept as text. */
struct json_config_member {
	const char *name;
	size_t at;
};

/* The row of a member of the struct, of the same name in the config. */
#define JSON_CONFIG_MEMBER(type, member)                                       \
	{                                                                      \
		.name = #member, .at = offsetof(type, member)                  \
	}

/*
 * Sets a member of *out for each row, the last of which has no name: its text,
 * in the arena with a NUL behind it, or STR_NULL where the config does not say.
 * Members of other days are left alone. Fails as json_config_each() does.
 */
enum status json_config_read(struct arena *arena, struct str text,
    const struct json_config_member *rows, void *out, struct error *err);

struct json_config_range {
	int64_t min, max;
};

/* The number that a member's text is. *out stays as it is where the text is
 * empty, and on failure: ST_INVALID, which names the member. */
enum status json_config_integer(const char *name, struct str text,
    struct json_config_range range, int64_t *out, struct error *err);

/* The same from 0 to max. */
enum status json_config_seconds(const char *name, struct str text, uint32_t max,
    uint32_t *out, struct error *err);

/* The text of a member, or where it is empty what is usual: may be NULL. */
const char *json_config_string(struct str text, const char *usual);

#endif
