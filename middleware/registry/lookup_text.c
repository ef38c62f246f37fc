#include "middleware/registry/lookup_text.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/lookup_modifier.h"
#include "app/base/secret.h"

#define VALUES_USUAL 4096 /* bytes of what comes in */

static const char *const built_in[] = { "user.", "role.", "app.", "session.",
	"df." };

bool
lookup_is_built_in(struct str name)
{
	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (str_starts(name, str_of(built_in[i])))
			return true;
	}
	return false;
}

/* The first "{" behind which a "}" comes before another "{", or s.n. */
static size_t
opening_find(struct str s, size_t *closing)
{
	size_t open = s.n;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '{')
			open = i;
		if (s.p[i] != '}' || open == s.n)
			continue;
		if (i > open + 1) {
			*closing = i;
			return open;
		}
		open = s.n;
	}
	return s.n;
}

bool
lookup_text_next(struct str *rest, struct lookup_piece *out)
{
	size_t closing = 0, open;

	if (rest->n == 0)
		return false;
	open = opening_find(*rest, &closing);
	if (open > 0) {
		*out = (struct lookup_piece){ false, str_make(rest->p, open) };
		*rest = str_skip(*rest, open);
		return true;
	}
	*out =
	    (struct lookup_piece){ true, str_make(rest->p + 1, closing - 1) };
	*rest = str_skip(*rest, closing + 1);
	return true;
}

bool
lookup_text_any(struct str text)
{
	size_t closing;

	return opening_find(text, &closing) < text.n;
}

bool
lookup_text_is_one(struct str text, struct str *expression)
{
	struct lookup_piece piece;

	if (!lookup_text_next(&text, &piece) || !piece.is_lookup || text.n > 0)
		return false;
	*expression = piece.text;
	return true;
}

static bool
is_allowed(const struct lookup_source *source, struct str function)
{
	struct str rest = source->modifiers;

	while (rest.n > 0) {
		if (str_eq(str_trim(str_cut(&rest, ',')), function))
			return lookup_modifier_exists(function);
	}
	return false;
}

/* "func(name)" or "func.name" of a function that may be used. */
static bool
split(const struct lookup_source *source, struct str expression,
    struct str *function, struct str *name)
{
	size_t paren = str_find(expression, '(');
	size_t dot = str_find(expression, '.');
	size_t end = paren < dot ? paren : dot;

	*function = str_trim(str_make(expression.p, end));
	*name = str_skip(expression, end + 1);
	if (end == expression.n || !is_allowed(source, *function))
		return false;
	if (end == dot)
		return true;
	*name = str_trim(*name);
	if (!str_ends(*name, STR(")")))
		return false;
	name->n--;
	*name = str_trim(*name);
	return true;
}

struct str
lookup_text_name(const struct lookup_source *source, struct str expression)
{
	struct str function, name;

	expression = str_trim(expression);
	return split(source, expression, &function, &name) ? name : expression;
}

bool
lookup_text_value(struct arena *arena, const struct lookup_source *source,
    struct str expression, struct str *value)
{
	struct str function, name;

	expression = str_trim(expression);
	if (source->find(source->ctx, arena, expression, value))
		return true;
	return split(source, expression, &function, &name) &&
	       source->find(source->ctx, arena, name, value) &&
	       lookup_modify(arena, function, *value, value);
}

struct str
lookup_text_fill(
    struct arena *arena, const struct lookup_source *source, struct str text)
{
	struct buf out = buf_in(arena);
	struct lookup_piece piece;

	/* A buffer that grows leaves copies behind, of secrets too. */
	(void)buf_reserve(&out, text.n + VALUES_USUAL);
	while (lookup_text_next(&text, &piece)) {
		struct str value;

		if (!piece.is_lookup) {
			buf_put(&out, piece.text);
		} else if (lookup_text_value(
			       arena, source, piece.text, &value)) {
			buf_put(&out, value);
			if (source->secret)
				secret_wipe(
				    (char *)(uintptr_t)value.p, value.n);
		} else {
			buf_put_char(&out, '{');
			buf_put(&out, piece.text);
			buf_put_char(&out, '}');
		}
	}
	return buf_str(&out);
}
