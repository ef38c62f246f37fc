#include "app/services/db/role_lookup.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonread.h"
#include "middleware/registry/lookup_text.h"

#define EXPRESSION_SHOWN 80 /* bytes of a lookup in a fault */

static enum status
unresolved(const struct filter_text *t, struct str expression)
{
	if (expression.n > EXPRESSION_SHOWN)
		expression.n = EXPRESSION_SHOWN;
	return error_set(t->err, ST_MISSING,
	    "the lookup {%.*s} has no value here", STR_ARG(expression));
}

/* An empty value would be found in every text. */
static bool
value_find(const struct filter_text *t, const struct lookup_source *source,
    struct str expression, struct str *value)
{
	return source != NULL &&
	       lookup_text_value(t->arena, source, expression, value) &&
	       value->n > 0 && memchr(value->p, '\0', value->n) == NULL;
}

static void
put_literal(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (strchr("%_\\", value.p[i]) != NULL)
			buf_put_char(out, '\\');
		buf_put_char(out, value.p[i]);
	}
}

/* A number may be one for a column that holds anything. */
static enum filter_form
form_of(struct arena *arena, struct str text)
{
	struct json json;

	if (json_parse(arena, text, &json, NULL) == ST_OK &&
	    json_kind(json) == JSON_NUMBER)
		return FILTER_BARE;
	return FILTER_QUOTED;
}

enum status
role_lookup_value(const struct filter_text *t,
    const struct lookup_source *source, bool pattern, struct filter_raw *raw)
{
	struct buf out = buf_in(t->arena);
	struct str rest = raw->text;
	struct lookup_piece piece;

	if (!lookup_text_any(rest))
		return ST_OK;
	while (lookup_text_next(&rest, &piece)) {
		struct str value;

		if (!piece.is_lookup)
			buf_put(&out, piece.text);
		else if (!value_find(t, source, piece.text, &value))
			return unresolved(t, piece.text);
		else if (pattern)
			put_literal(&out, value);
		else
			buf_put(&out, value);
	}
	raw->text = buf_str(&out);
	raw->form = form_of(t->arena, raw->text);
	return ST_OK;
}

/* Without parentheses around it. */
static struct str
bared(struct str text)
{
	text = str_trim(text);
	if (!str_starts(text, STR("(")) || !str_ends(text, STR(")")))
		return text;
	text = str_skip(text, 1);
	text.n--;
	return str_trim(text);
}

enum status
role_lookup_list(struct filter_text *t, const struct lookup_source *source)
{
	struct str expression, value;

	if (!lookup_text_is_one(bared(t->text), &expression) ||
	    source == NULL ||
	    lookup_is_built_in(lookup_text_name(source, expression)))
		return ST_OK;
	if (!value_find(t, source, expression, &value))
		return unresolved(t, expression);
	t->text = str_trim(value);
	return ST_OK;
}
