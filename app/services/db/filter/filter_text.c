#include "app/services/db/filter/filter_text.h"

#include <stdarg.h>
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"

static const struct {
	struct str word;
	struct str sign;
} logics[FILTER_LOGICS] = {
	[FILTER_NOR] = { { "nor", 3 }, { NULL, 0 } },
	[FILTER_OR] = { { "or", 2 }, { "||", 2 } },
	[FILTER_XOR] = { { "xor", 3 }, { NULL, 0 } },
	[FILTER_AND] = { { "and", 3 }, { "&&", 2 } },
};

enum status
filter_fault(const struct filter_text *t, size_t at, const char *fmt, ...)
{
	char text[sizeof(t->err->text)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return error_set(t->err, ST_INVALID, "%s Position %zu.", text, at + 1);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* May the byte stand in a name without quotes? */
static bool
is_plain(char c)
{
	return c != '\0' && !is_blank(c) && strchr("=<>!()'\"`,&|:", c) == NULL;
}

static bool
ends_word(const struct filter_text *t, size_t at)
{
	return at == t->text.n || !is_plain(t->text.p[at]);
}

size_t
filter_next(struct filter_text *t)
{
	while (t->at < t->text.n && is_blank(t->text.p[t->at]))
		t->at++;
	return t->at;
}

bool
filter_pass_char(struct filter_text *t, char c)
{
	if (filter_next(t) == t->text.n || t->text.p[t->at] != c)
		return false;
	t->at++;
	return true;
}

static bool
word_at(const struct filter_text *t, size_t at, struct str word)
{
	struct str rest = str_skip(t->text, at);

	return rest.n >= word.n &&
	       str_eq_nocase(str_make(rest.p, word.n), word) &&
	       ends_word(t, at + word.n);
}

bool
filter_pass_word(struct filter_text *t, struct str word)
{
	if (!word_at(t, filter_next(t), word))
		return false;
	t->at += word.n;
	return true;
}

/* The length of the logic that stands at a byte, or 0. */
static size_t
logic_length(const struct filter_text *t, size_t at, enum filter_logic logic)
{
	struct str sign = logics[logic].sign;

	if (!str_is_null(sign) && str_starts(str_skip(t->text, at), sign))
		return sign.n;
	return word_at(t, at, logics[logic].word) ? logics[logic].word.n : 0;
}

bool
filter_pass_logic(struct filter_text *t, enum filter_logic logic)
{
	size_t n = logic_length(t, filter_next(t), logic);

	t->at += n;
	return n > 0;
}

/*
 * What the quote at t->at encloses. A quote that is doubled stands for one;
 * one that cannot end the value, because more text follows, for itself: names
 * such as O'Brien are sent in quotes without any escape.
 */
static enum status
quoted_pass(struct filter_text *t, bool is_value, struct str *out)
{
	size_t open = t->at;
	char quote = t->text.p[open];
	struct buf text = buf_in(t->arena);

	for (t->at++; t->at < t->text.n; t->at++) {
		char c = t->text.p[t->at];
		bool doubled = c == quote && t->at + 1 < t->text.n &&
			       t->text.p[t->at + 1] == quote;

		if (c == quote && !doubled &&
		    (!is_value || ends_word(t, t->at + 1))) {
			t->at++;
			*out = buf_str(&text);
			return ST_OK;
		}
		buf_put_char(&text, c);
		t->at += doubled;
	}
	return filter_fault(
	    t, open, FILTER_UNPARSABLE "A quote is never closed.");
}

enum status
filter_pass_name(struct filter_text *t, struct str *name)
{
	size_t from = filter_next(t);
	enum status st = ST_OK;

	if (from == t->text.n)
		return filter_fault(
		    t, from, FILTER_UNPARSABLE "A condition is missing.");
	if (t->text.p[from] == '`' || t->text.p[from] == '"') {
		st = quoted_pass(t, false, name);
	} else {
		while (!ends_word(t, t->at))
			t->at++;
		*name = str_make(t->text.p + from, t->at - from);
	}
	if (st == ST_OK && name->n == 0)
		return filter_fault(
		    t, from, FILTER_UNPARSABLE "A field is missing.");
	return st;
}

static bool
is_logic(const struct filter_text *t, size_t at, size_t *n)
{
	for (enum filter_logic l = 0; l < FILTER_LOGICS; l++) {
		*n = logic_length(t, at, l);
		if (*n > 0)
			return true;
	}
	return false;
}

/* Does logic end a bare value here? A word of it does so behind a blank. */
static bool
logic_ends(const struct filter_text *t, size_t at)
{
	size_t n;

	return (is_blank(t->text.p[at - 1]) || !is_plain(t->text.p[at])) &&
	       is_logic(t, at, &n);
}

/*
 * Moves t->at behind a bare value. Parentheses in it come in pairs. A word of
 * logic that stands where the value begins is the value (state = OR).
 */
static enum status
bare_pass(struct filter_text *t, bool in_list)
{
	size_t from = t->at;
	size_t open = 0;
	size_t n;

	if (!in_list && is_plain(t->text.p[from]) && is_logic(t, from, &n)) {
		t->at += n;
		return ST_OK;
	}
	for (; t->at < t->text.n; t->at++) {
		char c = t->text.p[t->at];

		if (open == 0 &&
		    (c == ')' || (in_list && c == ',') ||
			(!in_list && t->at > from && logic_ends(t, t->at))))
			break;
		open += c == '(';
		open -= c == ')';
	}
	if (open > 0)
		return filter_fault(t, from,
		    FILTER_UNPARSABLE "A parenthesis in a value without quotes "
				      "is never closed.");
	return ST_OK;
}

/* Is there a parameter at t->at? Passes it then. */
static bool
param_pass(struct filter_text *t, struct filter_raw *out)
{
	size_t from = t->at + 1;
	size_t to = from;

	if (t->text.p[t->at] != ':')
		return false;
	while (!ends_word(t, to))
		to++;
	if (to == from)
		return false;
	out->form = FILTER_PARAM;
	out->text = str_make(t->text.p + from, to - from);
	t->at = to;
	return true;
}

/* What cannot begin a value, with the sentence for it; else NULL. */
static const char *
value_obstacle(const struct filter_text *t, bool in_list)
{
	char c = t->at < t->text.n ? t->text.p[t->at] : ')';
	size_t n;

	if (c == '(')
		return "Expressions of SQL are not offered as values.";
	if (c == ')' || strchr("=<>", c) != NULL || (in_list && c == ','))
		return FILTER_UNPARSABLE "A value is missing.";
	if (!in_list && !is_plain(c) && is_logic(t, t->at, &n))
		return FILTER_UNPARSABLE "A value is missing.";
	return NULL;
}

enum status
filter_pass_value(struct filter_text *t, bool in_list, struct filter_raw *out)
{
	size_t from = filter_next(t);
	const char *obstacle = value_obstacle(t, in_list);
	enum status st;

	*out = (struct filter_raw){ .form = FILTER_BARE, .at = from };
	if (obstacle != NULL)
		return filter_fault(t, from, "%s", obstacle);
	if (t->text.p[from] == '\'' || t->text.p[from] == '"') {
		out->form = FILTER_QUOTED;
		return quoted_pass(t, true, &out->text);
	}
	if (param_pass(t, out))
		return ST_OK;
	st = bare_pass(t, in_list);
	out->text = str_trim(str_make(t->text.p + from, t->at - from));
	return st;
}
