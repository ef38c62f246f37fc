/*
 * The CORS records that are switched on, in the form in which requests ask for
 * them. Immutable once built; any thread may ask.
 */
#ifndef WEIR_CORS_RULES_H
#define WEIR_CORS_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct cors_record;
struct cors_rule;

struct cors_rules {
	struct cors_rule *list; /* the longest path first */
	size_t n;
};

struct cors_rule {
	struct str path;    /* without a slash in front, unless it is a regex */
	void *regex;        /* NULL: the path has stars at most */
	struct str origins; /* as the record has them */
	bool any_origin;
	bool any_header;
	bool credentials; /* never for just any page */
	unsigned verb_mask;
	struct str methods; /* "GET, POST" */
	struct str headers; /* "" is none */
	struct str exposed;
	int64_t max_age;
};

/* Texts are those of the records, or in the arena. */
void cors_rules_build(struct cors_rules *rules, struct arena *arena,
    const struct cors_record *records, size_t n);

/* Ends what is not in the arena. */
void cors_rules_close(struct cors_rules *rules);

/*
 * The rule of a path, decoded, whose case does not matter: of those that match
 * the one whose own path is longest. NULL: none does. "a/" and a star matches
 * "a" as well.
 */
const struct cors_rule *cors_rule_find(
    const struct cors_rules *rules, struct str path);

/* May a page of that origin call? */
bool cors_rule_allows(const struct cors_rule *rule, struct str origin);

/* May just any page be of an origin of the list: a star alone or in place of a
 * whole host, and "null"? */
bool cors_origins_any(struct str list);

/* ST_INVALID, and why, unless the path of a record can be matched. */
enum status cors_path_check(struct str path, struct error *err);

#endif
