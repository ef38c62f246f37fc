#include "app/services/db/routine/routine_text.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"

struct json
routine_text_value(struct arena *arena, struct str text)
{
	struct buf quoted = buf_in(arena);

	json_put_str(&quoted, text);
	return (struct json){ buf_str(&quoted) };
}

static struct str
trim_left(struct str s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_skip(s, 1);
	return s;
}

/* The text between the quotes at the start of *rest, which goes behind them;
 * STR_NULL when the second one is missing. */
static struct str
quoted_cut(struct arena *arena, struct str *rest)
{
	struct str s = *rest;
	char quote = s.p[0];
	struct buf text = buf_in(arena);

	for (size_t i = 1; i < s.n; i++) {
		bool is_quote = s.p[i] == quote;

		if (is_quote && (i + 1 == s.n || s.p[i + 1] != quote)) {
			*rest = str_skip(s, i + 1);
			return buf_str(&text);
		}
		i += is_quote;
		buf_put_char(&text, s.p[i]);
	}
	return STR_NULL;
}

static bool
is_quoted(struct str s)
{
	return s.n > 0 && (s.p[0] == '\'' || s.p[0] == '"');
}

/* One value; *rest goes behind the comma, or becomes STR_NULL at the end. */
static enum status
value_cut(
    struct arena *arena, struct str *rest, struct json *out, struct error *err)
{
	struct json null = { STR("null") };
	struct str text;

	*rest = trim_left(*rest);
	if (!is_quoted(*rest)) {
		text = str_trim(str_cut(rest, ','));
		*out = str_eq_nocase(text, null.text)
			   ? null
			   : routine_text_value(arena, text);
		return ST_OK;
	}
	text = quoted_cut(arena, rest);
	if (str_is_null(text))
		return error_set(err, ST_INVALID,
		    "A quote among the parameters is not closed.");
	*out = routine_text_value(arena, text);
	if (str_trim(str_cut(rest, ',')).n > 0)
		return error_set(err, ST_INVALID,
		    "A comma is missing between parameters, behind a quote.");
	return ST_OK;
}

/* Room for as many as there can be. */
static size_t
values_most(struct str text)
{
	size_t n = 0;

	while (!str_is_null(text)) {
		(void)str_cut(&text, ',');
		n++;
	}
	return n;
}

enum status
routine_text_read(struct arena *arena, struct str text,
    struct routine_given *out, struct error *err)
{
	size_t most = values_most(text);
	enum status st = ST_OK;

	*out = (struct routine_given){ .n = 0 };
	if (str_trim(text).n == 0)
		return ST_OK;
	out->list = arena_alloc(arena, most * sizeof(out->list[0]));
	while (st == ST_OK && !str_is_null(text)) {
		struct routine_value *v = &out->list[out->n++];

		v->name = STR_NULL;
		st = value_cut(arena, &text, &v->value, err);
	}
	return st;
}

enum status
routine_text_inlined(struct arena *arena, struct str inlined,
    struct routine_given *out, struct error *err)
{
	if (inlined.n < 2 || inlined.p[inlined.n - 1] != ')')
		return error_set(err, ST_INVALID,
		    "The parameters behind the name must end with ')'.");
	return routine_text_read(
	    arena, str_make(inlined.p + 1, inlined.n - 2), out, err);
}
