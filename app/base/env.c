/*
 * Lines and names; values are the matter of envvalue.c. Where phpdotenv loses
 * text silently (an entry whose double quote never closes), this is an error.
 */
#include "app/base/env.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/envvalue.h"

#define ENTRIES_MAX 4096

/* Where a parse stands. */
struct reader {
	struct arena *arena;
	struct str rest; /* STR_NULL behind the last line */
	unsigned line;   /* of what line_next() gave last */
	env_outer_f *outer;
	void *ctx;
	struct env *env;
	size_t room; /* in env->list */
	char *work;  /* ENV_VALUE_MAX bytes to expand values in */
};

/* The next line without its end (LF, CRLF or CR). */
static struct str
line_next(struct reader *r)
{
	struct str line = r->rest;
	size_t n = 0;

	while (n < line.n && line.p[n] != '\n' && line.p[n] != '\r')
		n++;
	r->line++;
	if (n == line.n) {
		r->rest = STR_NULL;
		return line;
	}
	r->rest = str_skip(line, n + 1);
	if (line.p[n] == '\r' && str_starts(r->rest, STR("\n")))
		r->rest = str_skip(r->rest, 1);
	return str_make(line.p, n);
}

static bool
is_name_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c >= 0x80;
}

static bool
is_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!is_name_byte((unsigned char)name.p[i]))
			return false;
	}
	return name.n > 0;
}

/* Without a leading "export" and without quotes around all of it. */
static struct str
name_strip(struct str name)
{
	struct str behind = str_skip(name, sizeof("export") - 1);
	bool quoted;

	if (str_starts(name, STR("export")) && behind.n > 0 &&
	    (behind.p[0] == ' ' || behind.p[0] == '\t'))
		name = str_trim(behind);
	quoted = name.n >= 3 && (name.p[0] == '"' || name.p[0] == '\'') &&
		 name.p[name.n - 1] == name.p[0];
	return quoted ? str_make(name.p + 1, name.n - 2) : name;
}

/*
 * Reads a value that begins with `first`, the rest of the line behind "=". It
 * goes on over further lines when a double quote follows the "=" at once.
 */
static const char *
value_read(struct reader *r, struct str first, struct envvalue *v)
{
	bool may_go_on = str_starts(first, STR("\""));
	const char *wrong = envvalue_feed(v, first);

	while (wrong == NULL && may_go_on && !str_is_null(r->rest) &&
	       envvalue_end(v) != NULL) {
		wrong = envvalue_feed(v, STR("\n"));
		if (wrong == NULL)
			wrong = envvalue_feed(v, line_next(r));
	}
	return wrong != NULL ? wrong : envvalue_end(v);
}

/* Like phpdotenv's immutable repository: the environment, then the file. */
static bool
name_get(void *ctx, struct str name, struct str *value)
{
	struct reader *r = ctx;
	const struct env_entry *found;

	if (r->outer != NULL && r->outer(r->ctx, name, value))
		return true;
	found = env_get(r->env, name);
	if (found == NULL || str_is_null(found->value))
		return false;
	*value = found->value;
	return true;
}

/* Fills entry->value; NULL or what was expected. */
static const char *
value_parse(struct reader *r, struct str first, struct str *value)
{
	struct envvalue v = envvalue_begin(r->arena);
	const char *wrong = value_read(r, first, &v);

	if (wrong != NULL)
		return wrong;
	if (!envvalue_expand(&v, r->work, name_get, r, value))
		return "expected at most 65536 bytes after expansion";
	*value = arena_dup(r->arena, *value);
	return NULL;
}

static void
entry_add(struct reader *r, const struct env_entry *entry)
{
	struct env *env = r->env;

	if (env->n == r->room) {
		struct env_entry *old = env->list;

		r->room = r->room == 0 ? 32 : r->room * 2;
		env->list = arena_alloc(r->arena, r->room * sizeof(*old));
		if (env->n > 0)
			memcpy(env->list, old, env->n * sizeof(*old));
	}
	env->list[env->n++] = *entry;
}

static enum status
entry_parse(struct reader *r, struct str line, struct error *err)
{
	struct env_entry entry = { .line = r->line };
	struct str first = line;
	struct str name = str_trim(str_cut(&first, '='));
	const char *wrong = NULL;

	if (name.n == 0)
		return error_set(err, ST_INVALID,
		    "line %u: expected a name in front of \"=\"", entry.line);
	name = name_strip(name);
	if (!is_name(name))
		return error_set(err, ST_INVALID,
		    "line %u: expected a name of letters, digits, \"_\" and "
		    "\".\"",
		    entry.line);
	if (r->env->n == ENTRIES_MAX)
		return error_set(err, ST_INVALID,
		    "line %u: expected at most %d entries", entry.line,
		    ENTRIES_MAX);
	entry.name = arena_dup(r->arena, name);
	if (!str_is_null(first))
		wrong = value_parse(r, first, &entry.value);
	if (wrong != NULL)
		return error_set(err, ST_INVALID, "line %u: %.*s: %s",
		    entry.line, STR_ARG(name), wrong);
	entry_add(r, &entry);
	return ST_OK;
}

enum status
env_parse(struct arena *a, struct str text, env_outer_f *outer, void *ctx,
    struct env *out, struct error *err)
{
	struct reader r = { .arena = a,
		.rest = text,
		.outer = outer,
		.ctx = ctx,
		.env = out,
		.work = arena_alloc(a, ENV_VALUE_MAX) };
	enum status st = ST_OK;

	*out = (struct env){ 0 };
	if (str_starts(text, STR("\xef\xbb\xbf")))
		r.rest = str_skip(text, 3);
	while (st == ST_OK && !str_is_null(r.rest)) {
		struct str line = line_next(&r);
		struct str bare = str_trim(line);

		if (bare.n > 0 && bare.p[0] != '#')
			st = entry_parse(&r, line, err);
	}
	return st;
}

struct str
env_word(struct str value)
{
	if (str_eq_nocase(value, STR("null")) ||
	    str_eq_nocase(value, STR("(null)")))
		return STR_NULL;
	if (str_eq_nocase(value, STR("empty")) ||
	    str_eq_nocase(value, STR("(empty)")))
		return STR("");
	if (str_eq_nocase(value, STR("(true)")))
		return STR("true");
	if (str_eq_nocase(value, STR("(false)")))
		return STR("false");
	return value;
}

const struct env_entry *
env_get(const struct env *env, struct str name)
{
	for (size_t i = env->n; i-- > 0;) {
		if (str_eq(env->list[i].name, name))
			return &env->list[i];
	}
	return NULL;
}
