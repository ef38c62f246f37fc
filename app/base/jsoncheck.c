/*
 * One pass over the text, without recursion: the open objects and arrays are
 * kept in a stack, what may come next in a small state. The names of an object
 * are gathered and compared when it closes, sorted, so that an object of a
 * million names costs no more than its sorting.
 */
#include "app/base/jsoncheck.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/jsontext.h"
#include "app/base/jsontoken.h"

#define FIRST_NAMES    32
#define NAME_SHOWN_MAX 64

enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END, /* behind "[" */
	EXPECT_NAME,
	EXPECT_NAME_OR_END, /* behind "{" */
	EXPECT_COLON,
	EXPECT_NEXT /* behind a value */
};

/* A member name without its escapes, and where it stands in the text. */
struct name {
	struct str text;
	size_t i;
};

struct level {
	char close;        /* '}' or ']' */
	size_t first_name; /* its names in check.names begin here */
};

struct check {
	struct json_at at;
	struct arena *arena; /* NULL: names are not looked at */
	enum expect expect;
	struct level *levels;
	unsigned n_levels, max_levels;
	struct name *names; /* of all open objects, outermost first */
	size_t n_names, max_names;
};

/* Fails because something else stands where a token was expected. */
static enum status
fail_expected(const struct check *c)
{
	static const char *const wanted[] = {
		[EXPECT_VALUE] = "a value",
		[EXPECT_VALUE_OR_END] = "a value or ']'",
		[EXPECT_NAME] = "a member name in double quotes",
		[EXPECT_NAME_OR_END] = "a member name in double quotes or '}'",
		[EXPECT_COLON] = "':' after a member name",
	};
	const char *next = "nothing more after the value";

	if (c->expect != EXPECT_NEXT)
		return json_unexpected(&c->at, c->at.i, wanted[c->expect]);
	if (c->n_levels > 0)
		next = c->levels[c->n_levels - 1].close == '}'
			   ? "',' or '}' after a member"
			   : "',' or ']' after an element";
	return json_unexpected(&c->at, c->at.i, next);
}

static enum status
level_open(struct check *c, bool object)
{
	if (c->n_levels == c->max_levels)
		return json_fault(&c->at, c->at.i,
		    "nested deeper than %u levels", c->max_levels);
	c->levels[c->n_levels++] = (struct level){ .close = object ? '}' : ']',
		.first_name = c->n_names };
	c->expect = object ? EXPECT_NAME_OR_END : EXPECT_VALUE_OR_END;
	c->at.i++;
	return ST_OK;
}

static int
compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = str_cmp(x->text, y->text);

	if (order != 0)
		return order;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* Fails on the first of these names that stands here a second time. */
static enum status
check_names(const struct check *c, struct name *names, size_t n)
{
	const struct name *second = NULL;
	struct str shown;

	if (n < 2)
		return ST_OK;
	qsort(names, n, sizeof(names[0]), compare_names);
	for (size_t k = 1; k < n; k++) {
		if (str_eq(names[k].text, names[k - 1].text) &&
		    (second == NULL || names[k].i < second->i))
			second = &names[k];
	}
	if (second == NULL)
		return ST_OK;
	shown = second->text;
	if (shown.n > NAME_SHOWN_MAX)
		shown.n = NAME_SHOWN_MAX;
	return json_fault(&c->at, second->i,
	    "a second member \"%.*s\" in one object", STR_ARG(shown));
}

static enum status
level_close(struct check *c)
{
	size_t first = c->levels[--c->n_levels].first_name;
	size_t n = c->n_names - first;

	c->n_names = first;
	c->expect = EXPECT_NEXT;
	c->at.i++;
	return n == 0 ? ST_OK : check_names(c, c->names + first, n);
}

static enum status
check_literal(struct check *c, struct str literal)
{
	if (!str_starts(str_skip(c->at.text, c->at.i), literal))
		return fail_expected(c);
	c->at.i += literal.n;
	c->expect = EXPECT_NEXT;
	return ST_OK;
}

static enum status
check_value(struct check *c)
{
	int found = json_byte(&c->at, c->at.i);
	enum status st;
	struct str raw;

	if (found == '{' || found == '[')
		return level_open(c, found == '{');
	if (found == 't')
		return check_literal(c, STR("true"));
	if (found == 'f')
		return check_literal(c, STR("false"));
	if (found == 'n')
		return check_literal(c, STR("null"));
	if (found == '"')
		st = json_pass_string(&c->at, false, &raw);
	else if (found == '-' || (found >= '0' && found <= '9'))
		st = json_pass_number(&c->at);
	else
		st = fail_expected(c);
	c->expect = EXPECT_NEXT;
	return st;
}

static struct name *
name_add(struct check *c)
{
	if (c->n_names == c->max_names) {
		size_t max = c->max_names == 0 ? FIRST_NAMES : c->max_names * 2;
		struct name *names =
		    arena_alloc(c->arena, max * sizeof(names[0]));

		if (c->n_names > 0)
			memcpy(names, c->names, c->n_names * sizeof(names[0]));
		c->names = names;
		c->max_names = max;
	}
	return &c->names[c->n_names++];
}

static enum status
check_name(struct check *c)
{
	size_t i = c->at.i;
	struct str raw;
	bool looked_at = c->arena != NULL;
	enum status st = json_pass_string(&c->at, looked_at, &raw);

	if (st == ST_OK && looked_at)
		*name_add(c) = (struct name){ json_unescape(c->arena, raw), i };
	c->expect = EXPECT_COLON;
	return st;
}

/* Behind a value: the comma that goes on, or the end of what is open. */
static enum status
check_next(struct check *c)
{
	int found = json_byte(&c->at, c->at.i);
	char close;

	if (c->n_levels == 0)
		return fail_expected(c);
	close = c->levels[c->n_levels - 1].close;
	if (found == close)
		return level_close(c);
	if (found != ',')
		return fail_expected(c);
	c->expect = close == '}' ? EXPECT_NAME : EXPECT_VALUE;
	c->at.i++;
	return ST_OK;
}

static enum status
check_colon(struct check *c)
{
	if (json_byte(&c->at, c->at.i) != ':')
		return fail_expected(c);
	c->at.i++;
	c->expect = EXPECT_VALUE;
	return ST_OK;
}

/* Passes one token. */
static enum status
check_token(struct check *c)
{
	int found = json_byte(&c->at, c->at.i);

	switch (c->expect) {
	case EXPECT_NAME_OR_END:
		if (found == '}')
			return level_close(c);
		/* fall through */
	case EXPECT_NAME:
		return found == '"' ? check_name(c) : fail_expected(c);
	case EXPECT_COLON:
		return check_colon(c);
	case EXPECT_NEXT:
		return check_next(c);
	case EXPECT_VALUE_OR_END:
		if (found == ']')
			return level_close(c);
		break;
	case EXPECT_VALUE:
		break;
	}
	return check_value(c);
}

static void
skip_blanks(struct json_at *at)
{
	int found = json_byte(at, at->i);

	while (found == ' ' || found == '\t' || found == '\r' || found == '\n')
		found = json_byte(at, ++at->i);
}

static enum status
check_all(struct check *c)
{
	enum status st = ST_OK;

	while (st == ST_OK) {
		skip_blanks(&c->at);
		if (c->at.i == c->at.text.n)
			break;
		st = check_token(c);
	}
	if (st == ST_OK && (c->n_levels > 0 || c->expect != EXPECT_NEXT))
		st = fail_expected(c);
	return st;
}

enum status
json_check(struct arena *a, struct str text, unsigned depth, struct error *err)
{
	struct check c = { .at = { .text = text, .err = err },
		.arena = a,
		.levels = arena_alloc(a, depth * sizeof(c.levels[0])),
		.max_levels = depth };

	return check_all(&c);
}

static bool
is_text(struct str text, unsigned depth)
{
	struct level levels[JSON_TEXT_DEPTH + JSON_AROUND_DEPTH];
	struct check c = {
		.at = { .text = text }, .levels = levels, .max_levels = depth
	};

	return check_all(&c) == ST_OK;
}

bool
json_is_text(struct str text)
{
	return is_text(text, JSON_TEXT_DEPTH);
}

bool
json_is_answer(struct str text)
{
	return is_text(text, JSON_TEXT_DEPTH + JSON_AROUND_DEPTH);
}
