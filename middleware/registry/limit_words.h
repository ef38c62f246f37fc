/*
 * The words that limits are written in, and what a limit of each type is about
 * (dreamfactory.md 4.2).
 */
#ifndef WEIR_LIMIT_WORDS_H
#define WEIR_LIMIT_WORDS_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/cache/cache.h"

enum limit_type {
	LIMIT_INSTANCE,
	LIMIT_USER,
	LIMIT_EACH_USER,
	LIMIT_ROLE,
	LIMIT_SERVICE,
	LIMIT_USER_SERVICE,
	LIMIT_EACH_USER_SERVICE,
	LIMIT_ENDPOINT,
	LIMIT_USER_ENDPOINT,
	LIMIT_EACH_USER_ENDPOINT,
	LIMIT_APP, /* weir's own: per API key's app */
	LIMIT_APP_SERVICE,
	LIMIT_TYPES
};

/* What a limit of a type names. Where a type with an app names none, each app
 * is counted on its own. */
struct limit_scope {
	bool app, user, role, service, endpoint;
	bool each_user; /* each user is counted on its own */
};

const struct limit_scope *limit_scope(enum limit_type type);

/* "instance", "instance.app", ...; when read, in any case, and "instance." may
 * be left out. */
enum status limit_type_parse(
    struct str text, enum limit_type *type, struct error *err);
struct str limit_type_name(enum limit_type type);

/* "fixed", "default", "" (all three the same), "sliding" or "gcra", in any
 * case. */
enum status limit_algorithm_parse(
    struct str text, enum cache_algorithm *algorithm, struct error *err);
struct str limit_algorithm_name(enum cache_algorithm algorithm);

/* One verb, to its bit of enum method; "", STR_NULL and "all", to 0. */
enum status limit_verb_parse(
    struct str text, unsigned *verb, struct error *err);

#endif
