/*
 * Which keys an administrator means: all in force of the app of that name,
 * else the one of that hint; or those of a certain app. For use inside a write
 * of the system database.
 */
#ifndef WEIR_KEY_CHOICE_H
#define WEIR_KEY_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct system_db;

struct key_choice {
	struct str name; /* of an app, or a hint */
	/* Not 0: the name is the hint of a key of this app, STR_NULL: all of
	 * them. Otherwise set by keys_choose(), as is the rest. */
	int64_t app_id;
	bool by_hint;
	int64_t n; /* how many there are, at least 1 */
};

/* ST_MISSING and ST_INVALID say what to do. */
enum status keys_choose(
    struct system_db *db, struct key_choice *choice, struct error *err);

/* Those of the choice that would end later, or never, end then. */
enum status keys_shorten(struct system_db *db, const struct key_choice *choice,
    int64_t until_ms, struct error *err);

#endif
