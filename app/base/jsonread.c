#include "app/base/jsonread.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/jsoncheck.h"
#include "app/base/jsontext.h"

/* Every pointer below stays in checked text, so no value lacks its end. */

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end &&
	       (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
		at++;
	return at;
}

/* Is the byte at `at`, in the string that begins at `open`, escaped? */
static bool
is_escaped(const char *open, const char *at)
{
	const char *p = at;

	while (p - 1 > open && p[-1] == '\\')
		p--;
	return (at - p) % 2 == 1;
}

/* Behind the closing quote of the string that begins at `open`. */
static const char *
string_end(const char *open, const char *end)
{
	const char *at = open;

	do {
		at++;
		at = memchr(at, '"', (size_t)(end - at));
		assert(at != NULL);
	} while (is_escaped(open, at));
	return at + 1;
}

/* Behind the bracket that closes the one at `at`. */
static const char *
group_end(const char *at, const char *end)
{
	size_t open = 0;

	do {
		if (*at == '"') {
			at = string_end(at, end);
			continue;
		}
		if (*at == '{' || *at == '[')
			open++;
		else if (*at == '}' || *at == ']')
			open--;
		at++;
	} while (open > 0);
	return at;
}

/* Behind a number, true, false or null. */
static const char *
word_end(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n,]}", *at) == NULL)
		at++;
	return at;
}

static struct json
value_at(const char *at, const char *end)
{
	const char *behind;

	if (*at == '"')
		behind = string_end(at, end);
	else if (*at == '{' || *at == '[')
		behind = group_end(at, end);
	else
		behind = word_end(at, end);
	return (struct json){ str_make(at, (size_t)(behind - at)) };
}

enum status
json_parse(
    struct arena *a, struct str text, struct json *out, struct error *err)
{
	enum status st = json_check(a, text, JSON_DEPTH_MAX, err);

	*out = (struct json){ st == ST_OK ? str_trim(text) : STR_NULL };
	return st;
}

enum json_kind
json_kind(struct json v)
{
	if (v.text.n == 0)
		return JSON_NONE;
	switch (v.text.p[0]) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
	case 'f':
		return JSON_BOOL;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

struct str
json_to_str(struct arena *a, struct json v)
{
	if (json_kind(v) != JSON_STRING)
		return STR_NULL;
	return json_unescape(a, str_make(v.text.p + 1, v.text.n - 2));
}

bool
json_to_bool(struct json v, bool *out)
{
	if (json_kind(v) != JSON_BOOL)
		return false;
	*out = v.text.p[0] == 't';
	return true;
}

bool
json_to_i64(struct json v, int64_t *out)
{
	return json_kind(v) == JSON_NUMBER && str_to_i64(v.text, out);
}

bool
json_to_u64(struct json v, uint64_t *out)
{
	return json_kind(v) == JSON_NUMBER && str_to_u64(v.text, out);
}

bool
json_to_double(struct arena *a, struct json v, double *out)
{
	double d;

	if (json_kind(v) != JSON_NUMBER)
		return false;
	d = strtod(arena_dup(a, v.text).p, NULL);
	if (!isfinite(d))
		return false;
	*out = d;
	return true;
}

struct json_walk
json_walk(struct arena *a, struct json v)
{
	enum json_kind kind = json_kind(v);

	if (kind != JSON_OBJECT && kind != JSON_ARRAY)
		return (struct json_walk){ 0 };
	return (struct json_walk){
		.arena = a,
		.at = v.text.p + 1,
		.end = v.text.p + v.text.n - 1,
		.named = kind == JSON_OBJECT,
	};
}

/* The next name (JSON_NONE in an array) and value; false behind the last. */
static bool
step(struct json_walk *walk, struct json *name, struct json *value)
{
	const char *at = skip_blanks(walk->at, walk->end);

	if (at == walk->end)
		return false;
	if (*at == ',')
		at = skip_blanks(at + 1, walk->end);
	*name = (struct json){ STR_NULL };
	if (walk->named) {
		*name = value_at(at, walk->end);
		at = skip_blanks(at + name->text.n, walk->end);
		at = skip_blanks(at + 1, walk->end); /* the colon */
	}
	*value = value_at(at, walk->end);
	walk->at = at + value->text.n;
	return true;
}

bool
json_next(struct json_walk *walk, struct json_member *out)
{
	struct json name;

	if (!step(walk, &name, &out->value))
		return false;
	out->name = json_to_str(walk->arena, name);
	return true;
}

struct json
json_get(struct arena *a, struct json v, struct str name)
{
	struct json_walk walk = json_walk(a, v);
	struct json_member member;

	while (walk.named && json_next(&walk, &member)) {
		if (str_eq(member.name, name))
			return member.value;
	}
	return (struct json){ STR_NULL };
}

size_t
json_count(struct json v)
{
	struct json_walk walk = json_walk(NULL, v);
	struct json name, value;
	size_t n = 0;

	while (step(&walk, &name, &value))
		n++;
	return n;
}
