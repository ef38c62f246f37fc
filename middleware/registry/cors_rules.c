#include "middleware/registry/cors_rules.h"

#include <regex.h>
#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "middleware/registry/cors_records.h"

#define WHY_BYTES     128
#define SUBJECT_BYTES 2048

/* What a star in an origin stands for: no scheme, no path. */
static bool
is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

static bool
is_any_char(char c)
{
	(void)c;
	return true;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct glob {
	struct str pattern;
	bool (*star)(char c); /* what a star may stand for */
	bool any_case;
};

static bool
same_char(const struct glob *g, char a, char b)
{
	return g->any_case ? lower(a) == lower(b) : a == b;
}

/* Each star takes as little as it can, and more when what follows asks for
 * it: only the last one need ever be taken back. */
static bool
glob_matches(const struct glob *g, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

	while (t < text.n) {
		if (p < g->pattern.n && g->pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < g->pattern.n &&
			   same_char(g, g->pattern.p[p], text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX && g->star(text.p[mark])) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < g->pattern.n && g->pattern.p[p] == '*')
		p++;
	return p == g->pattern.n;
}

static struct str
without_slash(struct str path)
{
	return path.n > 0 && path.p[0] == '/' ? str_skip(path, 1) : path;
}

/* A path that is too long to be looked at fits no expression. */
static bool
regex_matches(const regex_t *regex, struct str path)
{
	char text[SUBJECT_BYTES];

	if (path.n >= sizeof(text))
		return false;
	if (path.n > 0)
		memcpy(text, path.p, path.n);
	text[path.n] = '\0';
	return regexec(regex, text, 0, NULL, 0) == 0;
}

/* No case, as in names of services and in expressions. What is beneath a path
 * has the path itself with it, as in the rows of a role: it is the same
 * resource, with a slash at its end or without. */
static bool
rule_matches(const struct cors_rule *rule, struct str path)
{
	struct glob glob = { rule->path, is_any_char, true };

	if (rule->regex != NULL)
		return regex_matches(rule->regex, path);
	path = without_slash(path);
	if (glob_matches(&glob, path))
		return true;
	if (!str_ends(rule->path, STR("/*")))
		return false;
	glob.pattern.n -= 2;
	return glob_matches(&glob, path);
}

const struct cors_rule *
cors_rule_find(const struct cors_rules *rules, struct str path)
{
	for (size_t i = 0; i < rules->n; i++) {
		if (rule_matches(&rules->list[i], path))
			return &rules->list[i];
	}
	return NULL;
}

bool
cors_rule_allows(const struct cors_rule *rule, struct str origin)
{
	struct str rest = rule->origins;

	if (rule->any_origin)
		return true;
	while (rest.p != NULL) {
		struct glob glob = { str_trim(str_cut(&rest, ',')),
			is_host_char, true };

		if (glob.pattern.n > 0 && glob_matches(&glob, origin))
			return true;
	}
	return false;
}

/* Does the list name all of them? */
static bool
has_star(struct str list)
{
	while (list.p != NULL) {
		if (str_eq(str_trim(str_cut(&list, ',')), STR("*")))
			return true;
	}
	return false;
}

/* What a frame without an origin sends, of whatever page, is "null". */
static bool
is_any(struct str origin)
{
	struct str rest = str_skip(origin, str_find(origin, ':') + 3);
	struct str host = str_cut(&rest, ':');

	if (str_eq(origin, STR("*")) || str_eq_nocase(origin, STR("null")))
		return true;
	for (size_t i = 0; i < host.n; i++) {
		if (host.p[i] != '*' && host.p[i] != '.')
			return false;
	}
	return host.n > 0;
}

bool
cors_origins_any(struct str list)
{
	while (list.p != NULL) {
		if (is_any(str_trim(str_cut(&list, ','))))
			return true;
	}
	return false;
}

/* NULL, and why, when it is none. */
static regex_t *
regex_new(struct str pattern, char why[WHY_BYTES])
{
	struct buf text = { 0 };
	regex_t *regex = calloc(1, sizeof(*regex));
	int code;

	if (regex == NULL)
		abort();
	buf_put(&text, pattern);
	buf_put_char(&text, '\0');
	code = regcomp(regex, text.p, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	buf_free(&text);
	if (code == 0)
		return regex;
	(void)regerror(code, regex, why, WHY_BYTES);
	free(regex);
	return NULL;
}

static void
regex_free(regex_t *regex)
{
	regfree(regex);
	free(regex);
}

static bool
is_regex(struct str path)
{
	return str_starts(path, STR("^"));
}

/* What other dialects have, and this one reads as something else. Numbers
 * refer back, which may take for ever. */
static bool
is_foreign(struct str path)
{
	for (size_t i = 0; i + 1 < path.n; i++) {
		char next = path.p[i + 1];

		if (path.p[i] == '(' && next == '?')
			return true;
		if (path.p[i] != '\\')
			continue;
		if ((next >= 'a' && next <= 'z') ||
		    (next >= 'A' && next <= 'Z') ||
		    (next >= '0' && next <= '9'))
			return true;
		i++;
	}
	return false;
}

enum status
cors_path_check(struct str path, struct error *err)
{
	char why[WHY_BYTES];
	regex_t *regex;

	if (!is_regex(path))
		return ST_OK;
	if (is_foreign(path))
		return error_set(err, ST_INVALID,
		    "path \"%.*s\": a POSIX extended regular expression is "
		    "expected, which knows neither \"(?\" nor a letter or "
		    "digit behind \"\\\": write [0-9] for \\d",
		    STR_ARG(path));
	regex = regex_new(path, why);
	if (regex == NULL)
		return error_set(err, ST_INVALID,
		    "path \"%.*s\" is no regular expression: %s", STR_ARG(path),
		    why);
	regex_free(regex);
	return ST_OK;
}

static struct str
list_text(struct str list)
{
	return str_is_null(list) ? STR("") : str_trim(list);
}

/* False when its path cannot be matched, so that it matches nothing. */
static bool
rule_make(
    struct cors_rule *rule, struct arena *arena, const struct cors_record *r)
{
	char why[WHY_BYTES];

	*rule = (struct cors_rule){
		.path = is_regex(r->path) ? r->path : without_slash(r->path),
		.origins = r->origin,
		.any_origin = has_star(r->origin),
		.any_header = has_star(r->header),
		.credentials = r->credentials && !cors_origins_any(r->origin),
		.verb_mask = r->verb_mask,
		.methods = cors_methods_text(arena, r->verb_mask),
		.headers = list_text(r->header),
		.exposed = list_text(r->exposed_header),
		.max_age = r->max_age,
	};
	if (!is_regex(r->path))
		return true;
	if (is_foreign(r->path))
		return false;
	rule->regex = regex_new(r->path, why);
	return rule->regex != NULL;
}

static int
rule_order(const void *a, const void *b)
{
	const struct cors_rule *left = a, *right = b;

	if (left->path.n != right->path.n)
		return left->path.n > right->path.n ? -1 : 1;
	return str_cmp(left->path, right->path);
}

void
cors_rules_build(struct cors_rules *rules, struct arena *arena,
    const struct cors_record *records, size_t n)
{
	rules->list = arena_zalloc(arena, (n + 1) * sizeof(*rules->list));
	rules->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (records[i].enabled &&
		    rule_make(&rules->list[rules->n], arena, &records[i]))
			rules->n++;
	}
	qsort(rules->list, rules->n, sizeof(*rules->list), rule_order);
}

void
cors_rules_close(struct cors_rules *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		if (rules->list[i].regex != NULL)
			regex_free(rules->list[i].regex);
	}
	rules->n = 0;
}
