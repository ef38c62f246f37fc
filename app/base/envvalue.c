#include "app/base/envvalue.h"

#define EXPECTED_ESCAPE                                                        \
	"expected one of f n r t v \" \\ $ behind a backslash in double "      \
	"quotes"
#define EXPECTED_END   "expected nothing but a comment behind the closing quote"
#define EXPECTED_QUOTE "expected quotes around a value with blanks"
#define EXPECTED_SHORT "expected at most 65536 bytes"

_Static_assert(ENV_VALUE_MAX == 65536, "the message says so");

struct envvalue
envvalue_begin(struct arena *a)
{
	return (struct envvalue){ .text = buf_in(a), .dollars = buf_in(a) };
}

static void
put(struct envvalue *v, char c, bool may_expand)
{
	buf_put_char(&v->text, c);
	buf_put_char(&v->dollars, may_expand && c == '$' ? 1 : 0);
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
feed_start(struct envvalue *v, char c)
{
	if (is_space(c))
		return;
	v->quoted = c == '\'' || c == '"';
	if (c == '\'') {
		v->state = ENVVALUE_SINGLE;
	} else if (c == '"') {
		v->state = ENVVALUE_DOUBLE;
	} else if (c == '#') {
		v->state = ENVVALUE_COMMENT;
	} else {
		v->state = ENVVALUE_PLAIN;
		put(v, c, true);
	}
}

static void
feed_plain(struct envvalue *v, char c)
{
	if (c == '#')
		v->state = ENVVALUE_COMMENT;
	else if (is_space(c))
		v->state = ENVVALUE_BEHIND;
	else
		put(v, c, true);
}

static void
feed_single(struct envvalue *v, char c)
{
	if (c == '\'')
		v->state = ENVVALUE_BEHIND;
	else
		put(v, c, false);
}

static void
feed_double(struct envvalue *v, char c)
{
	if (c == '"')
		v->state = ENVVALUE_BEHIND;
	else if (c == '\\')
		v->state = ENVVALUE_ESCAPE;
	else
		put(v, c, true);
}

static const char *
feed_escape(struct envvalue *v, char c)
{
	static const char names[] = "fnrtv\"\\$";
	static const char values[] = "\f\n\r\t\v\"\\$";
	const char *at = memchr(names, c, sizeof(names) - 1);

	if (at == NULL)
		return EXPECTED_ESCAPE;
	put(v, values[at - names], false);
	v->state = ENVVALUE_DOUBLE;
	return NULL;
}

static const char *
feed_behind(struct envvalue *v, char c)
{
	if (c == '#')
		v->state = ENVVALUE_COMMENT;
	else if (!is_space(c))
		return v->quoted ? EXPECTED_END : EXPECTED_QUOTE;
	return NULL;
}

static const char *
feed_one(struct envvalue *v, char c)
{
	switch (v->state) {
	case ENVVALUE_START:
		feed_start(v, c);
		return NULL;
	case ENVVALUE_PLAIN:
		feed_plain(v, c);
		return NULL;
	case ENVVALUE_SINGLE:
		feed_single(v, c);
		return NULL;
	case ENVVALUE_DOUBLE:
		feed_double(v, c);
		return NULL;
	case ENVVALUE_ESCAPE:
		return feed_escape(v, c);
	case ENVVALUE_BEHIND:
		return feed_behind(v, c);
	case ENVVALUE_COMMENT:
		break;
	}
	return NULL;
}

const char *
envvalue_feed(struct envvalue *v, struct str bytes)
{
	const char *wrong = NULL;

	for (size_t i = 0; i < bytes.n && wrong == NULL; i++)
		wrong = feed_one(v, bytes.p[i]);
	if (wrong == NULL && v->text.n > ENV_VALUE_MAX)
		wrong = EXPECTED_SHORT;
	return wrong;
}

const char *
envvalue_end(const struct envvalue *v)
{
	bool open = v->state == ENVVALUE_SINGLE ||
		    v->state == ENVVALUE_DOUBLE || v->state == ENVVALUE_ESCAPE;

	return open ? "expected a closing quote" : NULL;
}

/* The NAME of a "${NAME}" that s begins with, or STR_NULL. */
static struct str
reference(struct str s)
{
	size_t n = 2;

	if (!str_starts(s, STR("${")))
		return STR_NULL;
	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') ||
			      (s.p[n] >= 'A' && s.p[n] <= 'Z') ||
			      (s.p[n] >= '0' && s.p[n] <= '9') ||
			      s.p[n] == '_' || s.p[n] == '.'))
		n++;
	if (n == 2 || n == s.n || s.p[n] != '}')
		return STR_NULL;
	return str_make(s.p + 2, n - 2);
}

/*
 * Works from the last byte to the first, so that what stands inside a ${...}
 * has been replaced when its own "$" is reached. The result grows towards the
 * front of `room`.
 */
bool
envvalue_expand(const struct envvalue *v, char *room, envvalue_get_f *get,
    void *ctx, struct str *out)
{
	struct str done = str_make(room + ENV_VALUE_MAX, 0);

	for (size_t i = v->text.n; i-- > 0;) {
		struct str name, value;

		if (done.p == room)
			return false;
		room[ENV_VALUE_MAX - done.n - 1] = v->text.p[i];
		done = str_make(done.p - 1, done.n + 1);
		if (v->dollars.p[i] == 0)
			continue;
		name = reference(done);
		if (str_is_null(name) || !get(ctx, name, &value))
			continue;
		done = str_skip(done, name.n + sizeof("${}") - 1);
		if (value.n > (size_t)(done.p - room))
			return false;
		done = str_make(done.p - value.n, done.n + value.n);
		if (value.n > 0)
			memcpy(room + (done.p - room), value.p, value.n);
	}
	*out = done;
	return true;
}
