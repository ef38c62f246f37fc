/* Lookups of one scope as they are found: see lookup_records.h, where private
 * ones are sealed. */
#ifndef WEIR_LOOKUPS_H
#define WEIR_LOOKUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct app_keys;
struct arena;
struct config_field;
struct config_owner;
struct system_db;

struct lookup_value {
	struct str name;
	struct str value; /* sealed when private */
	bool is_private;
};

struct lookups {
	const struct lookup_value *list;
	size_t n;
};

/* Those of the system, read from there into the arena. */
enum status lookups_read(struct system_db *db, struct arena *arena,
    struct lookups *out, struct error *err);

/* NULL when there is none of that name. */
const struct lookup_value *lookups_get(
    const struct lookups *all, struct str name);

/* Are they the same, name by name and value by value? */
bool lookups_equal(const struct lookups *a, const struct lookups *b);

/* A copy with all its texts in the arena. */
struct lookups lookups_copy(struct arena *arena, const struct lookups *all);

/* Those that the strings of a service's config name, its secrets too. They are
 * views of `all`; the list lives in the arena. */
struct lookups lookups_of_config(struct arena *arena,
    const struct app_keys *keys, const struct config_owner *owner,
    struct str config, const struct lookups *all);

/*
 * ST_INVALID when a member of the config, in clear, that is no secret by the
 * fields of its type names a lookup that is private: what it makes of that
 * would stand in logs and errors. fields NULL: nothing is checked.
 */
enum status lookups_check_config(struct arena *arena, const struct lookups *all,
    const struct config_field *fields, struct str config, struct error *err);

/*
 * A config in clear with its lookups replaced, in the arena. What has no value
 * stays as it is. modifiers: DF_LOOKUP_MODIFIERS. The caller wipes.
 */
struct str lookups_fill_config(struct arena *arena, const struct app_keys *keys,
    const struct lookups *all, const char *modifiers, struct str config);

#endif
