#include "app/base/lookup_modifier.h"

#include "app/base/arena.h"
#include "app/base/base64.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/uri.h"

typedef bool modify_f(struct arena *arena, struct str value, struct str *out);

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A copy with the first `end` bytes as the function makes them. */
static struct str
mapped(struct arena *arena, struct str s, size_t end, char (*map)(char))
{
	char *copy = arena_alloc(arena, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		copy[i] = i < end ? map(s.p[i]) : s.p[i];
	return str_make(copy, s.n);
}

static bool
upper_all(struct arena *arena, struct str value, struct str *out)
{
	*out = mapped(arena, value, value.n, upper);
	return true;
}

static bool
lower_all(struct arena *arena, struct str value, struct str *out)
{
	*out = mapped(arena, value, value.n, lower);
	return true;
}

static bool
upper_first(struct arena *arena, struct str value, struct str *out)
{
	*out = mapped(arena, value, 1, upper);
	return true;
}

static bool
lower_first(struct arena *arena, struct str value, struct str *out)
{
	*out = mapped(arena, value, 1, lower);
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
upper_words(struct arena *arena, struct str value, struct str *out)
{
	char *copy = arena_alloc(arena, value.n + 1);

	for (size_t i = 0; i < value.n; i++)
		copy[i] = i == 0 || is_blank(value.p[i - 1]) ? upper(value.p[i])
							     : value.p[i];
	*out = str_make(copy, value.n);
	return true;
}

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static struct str
percent(struct arena *arena, struct str value, bool raw)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buf b = buf_in(arena);

	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (is_plain(value.p[i]) || (raw && c == '~')) {
			buf_put_char(&b, value.p[i]);
		} else if (c == ' ' && !raw) {
			buf_put_char(&b, '+');
		} else {
			buf_put_char(&b, '%');
			buf_put_char(&b, digits[c >> 4]);
			buf_put_char(&b, digits[c & 15]);
		}
	}
	return buf_str(&b);
}

static bool
url_encode(struct arena *arena, struct str value, struct str *out)
{
	*out = percent(arena, value, false);
	return true;
}

static bool
raw_url_encode(struct arena *arena, struct str value, struct str *out)
{
	*out = percent(arena, value, true);
	return true;
}

static bool
url_decode(struct arena *arena, struct str value, struct str *out)
{
	return uri_decode(arena, value, true, out);
}

static bool
raw_url_decode(struct arena *arena, struct str value, struct str *out)
{
	return uri_decode(arena, value, false, out);
}

static bool
base64_of(struct arena *arena, struct str value, struct str *out)
{
	struct buf b = buf_in(arena);

	json_put_base64(&b, value.p == NULL ? "" : value.p, value.n);
	*out = str_make(b.p + 1, b.n - 2); /* without the quotes */
	return true;
}

static bool
trimmed(struct arena *arena, struct str value, struct str *out)
{
	(void)arena; /* a view */
	*out = str_trim(value);
	return true;
}

static const struct {
	const char *name;
	modify_f *modify;
} modifiers[] = {
	{ "strtoupper", upper_all },
	{ "strtolower", lower_all },
	{ "ucfirst", upper_first },
	{ "lcfirst", lower_first },
	{ "ucwords", upper_words },
	{ "urlencode", url_encode },
	{ "urldecode", url_decode },
	{ "rawurlencode", raw_url_encode },
	{ "rawurldecode", raw_url_decode },
	{ "base64_encode", base64_of },
	{ "base64_decode", base64_decode },
	{ "trim", trimmed },
};

#define MODIFIERS (sizeof(modifiers) / sizeof(modifiers[0]))

static size_t
modifier_find(struct str name)
{
	size_t i = 0;

	while (i < MODIFIERS && !str_eq(str_of(modifiers[i].name), name))
		i++;
	return i;
}

bool
lookup_modifier_exists(struct str function)
{
	return modifier_find(function) < MODIFIERS;
}

bool
lookup_modify(
    struct arena *arena, struct str function, struct str value, struct str *out)
{
	size_t i = modifier_find(function);

	return i < MODIFIERS && modifiers[i].modify(arena, value, out);
}

bool
lookup_modifiers_check(struct str list)
{
	while (list.n > 0) {
		if (!lookup_modifier_exists(str_trim(str_cut(&list, ','))))
			return false;
	}
	return true;
}
