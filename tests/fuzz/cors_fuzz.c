/*
 * An origin is allowed only when it is, as a whole, one that a record names,
 * and any path finds a rule that fits it or none. Input: an origin, a line
 * feed, a path.
 */
#include "app/base/arena.h"
#include "middleware/registry/cors_records.h"
#include "middleware/registry/cors_rules.h"
#include "tests/fuzz/fuzz.h"

static const struct cors_record records[] = {
	{ .path = { "api/v2/db/*/x", 13 },
	    .origin = { "https://a.example", 17 },
	    .enabled = true },
	{ .path = { "api/*", 5 },
	    .origin = { "https://*.a.example,http://localhost:*", 38 },
	    .enabled = true },
	{ .path = { "^/api/v2/([a-z]+|[0-9]*)/_table$", 32 },
	    .origin = { "null", 4 },
	    .enabled = true },
};

#define RECORDS (sizeof(records) / sizeof(records[0]))

static bool
is_host(struct str s)
{
	if (str_is_null(s))
		return true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_')
			return false;
	}
	return true;
}

static bool
is_wild(struct str origin, struct str first, struct str last)
{
	return origin.n >= first.n + last.n &&
	       str_eq_nocase(str_make(origin.p, first.n), first) &&
	       str_eq_nocase(str_skip(origin, origin.n - last.n), last) &&
	       is_host(
		   str_make(origin.p + first.n, origin.n - first.n - last.n));
}

/* The same as the rules say, read from left to right. */
static bool
is_named(const struct cors_rule *rule, struct str origin)
{
	if (str_eq(rule->origins, records[1].origin))
		return is_wild(origin, STR("https://"), STR(".a.example")) ||
		       is_wild(origin, STR("http://localhost:"), STR(""));
	return str_eq_nocase(origin, rule->origins);
}

/* "api", or beneath it, in any case, with a slash in front or without. */
static bool
is_beneath_api(struct str path)
{
	struct str first;

	if (path.n > 0 && path.p[0] == '/')
		path = str_skip(path, 1);
	first = str_cut(&path, '/');
	return str_eq_nocase(first, STR("api"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str path = str_make((const char *)data, size);
	struct str origin = str_cut(&path, '\n');
	struct cors_rules rules = { 0 };
	const struct cors_rule *rule;
	struct arena a;

	arena_init(&a, 4096);
	cors_rules_build(&rules, &a, records, RECORDS);
	HOLDS(rules.n == RECORDS);
	for (size_t i = 0; i < rules.n; i++)
		HOLDS(cors_rule_allows(&rules.list[i], origin) ==
		      is_named(&rules.list[i], origin));
	rule = cors_rule_find(&rules, str_is_null(path) ? STR("") : path);
	if (rule != NULL && rule->regex == NULL)
		HOLDS(is_beneath_api(path));
	cors_rules_close(&rules);
	arena_close(&a);
	return 0;
}
