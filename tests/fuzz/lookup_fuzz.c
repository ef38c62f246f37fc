/*
 * A text with lookups is cut into pieces that are all of it, whatever is in it,
 * and each function takes any value. Input: the text, a newline, and the value
 * that every name has.
 */
#include <string.h>

#include "app/base/arena.h"
#include "app/base/lookup_modifier.h"
#include "middleware/registry/lookup_text.h"
#include "tests/fuzz/fuzz.h"

static const char *const functions[] = { "strtoupper", "strtolower", "ucfirst",
	"lcfirst", "ucwords", "urlencode", "urldecode", "rawurlencode",
	"rawurldecode", "base64_encode", "base64_decode", "trim" };

static bool
find(const void *ctx, struct arena *arena, struct str name, struct str *value)
{
	const struct str *all = ctx;

	(void)arena; /* a view of the input */
	*value = *all;
	return str_find(name, '(') == name.n;
}

static bool
find_none(
    const void *ctx, struct arena *arena, struct str name, struct str *value)
{
	(void)ctx;
	(void)arena;
	(void)name;
	(void)value;
	return false;
}

static void
cut(struct str text)
{
	struct lookup_piece piece;
	struct str rest = text, expression;
	size_t n = 0, n_lookups = 0;

	while (lookup_text_next(&rest, &piece)) {
		HOLDS(piece.text.n <= text.n);
		n += piece.text.n + (piece.is_lookup ? 2 : 0);
		n_lookups += piece.is_lookup;
	}
	HOLDS(n == text.n && rest.n == 0);
	HOLDS(lookup_text_any(text) == (n_lookups > 0));
	if (lookup_text_is_one(text, &expression))
		HOLDS(n_lookups == 1 && expression.n + 2 == text.n);
}

static void
fill(struct arena *a, struct str text, struct str value)
{
	struct lookup_source source = { .find = find_none,
		.ctx = &value,
		.modifiers = STR("strtoupper,urldecode,base64_decode,trim") };

	HOLDS(str_eq(lookup_text_fill(a, &source, text), text));
	source.find = find;
	(void)lookup_text_fill(a, &source, text);
	source.modifiers = STR("");
	(void)lookup_text_fill(a, &source, text);
}

static void
modify(struct arena *a, struct str value)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		struct str out = STR_NULL;

		if (lookup_modify(a, str_of(functions[i]), value, &out))
			HOLDS(out.n <= 3 * value.n + 4);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str value = str_make((const char *)data, size);
	struct str text = str_cut(&value, '\n');
	struct arena a;

	arena_init(&a, 4096);
	cut(text);
	fill(&a, text, value);
	modify(&a, value);
	arena_close(&a);
	return 0;
}
