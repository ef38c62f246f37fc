#include "app/base/option.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/near.h"
#include "app/base/settings.h"

struct unit {
	const char *suffix;
	int64_t factor;
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit byte_units[] = { { "", 1 }, { "k", 1 << 10 },
	{ "m", 1 << 20 }, { "g", 1 << 30 }, { NULL, 0 } };
static const struct unit second_units[] = { { "", 1 }, { "s", 1 }, { "m", 60 },
	{ "h", 3600 }, { "d", 86400 }, { NULL, 0 } };
static const struct unit ms_units[] = { { "", 1 }, { "ms", 1 }, { "s", 1000 },
	{ "m", 60000 }, { NULL, 0 } };

/* How each type is named and, for numbers, which units it has. */
static const struct {
	const char *name;
	const char *expected;
	const struct unit *units;
} types[] = {
	[OPTION_TEXT] = { "text", "a text", NULL },
	[OPTION_SECRET] = { "secret", "a text", NULL },
	[OPTION_NUMBER] = { "number", "a number", no_units },
	[OPTION_BYTES] = { "bytes", "bytes", byte_units },
	[OPTION_SECONDS] = { "seconds", "seconds", second_units },
	[OPTION_MS] = { "milliseconds", "milliseconds", ms_units },
	[OPTION_BOOLEAN] = { "boolean", "true or false", NULL },
	[OPTION_CHOICE] = { "choice", "one of", NULL },
};

const struct option *
option_find(struct str name)
{
	const struct option *opt;

	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		if (str_eq(name, str_of(opt->name)) ||
		    (opt->alias != NULL && str_eq(name, str_of(opt->alias))))
			return opt;
	}
	return NULL;
}

const char *
option_type_name(enum option_type type)
{
	return types[type].name;
}

static bool
number_parse(const struct option *opt, struct str text, int64_t *out)
{
	const struct unit *unit = types[opt->type].units;
	size_t digits = 0;
	int64_t n;

	while (
	    digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	while (unit->suffix != NULL &&
	       !str_eq_nocase(str_skip(text, digits), str_of(unit->suffix)))
		unit++;
	if (unit->suffix == NULL || !str_to_i64(str_make(text.p, digits), &n) ||
	    __builtin_mul_overflow(n, unit->factor, &n))
		return false;
	*out = n;
	return n >= opt->min && n <= opt->max;
}

bool
option_seconds(struct str text, int64_t min, int64_t max, int64_t *out)
{
	const struct option opt = {
		.type = OPTION_SECONDS, .min = min, .max = max
	};

	return number_parse(&opt, text, out);
}

static bool
choice_parse(const struct option *opt, struct str text, int64_t *out)
{
	struct str rest = str_of(opt->choices);

	for (*out = 0; !str_is_null(rest); ++*out) {
		if (str_eq_nocase(str_cut(&rest, '|'), text))
			return true;
	}
	return false;
}

static bool
boolean_parse(struct str text, bool *out)
{
	*out = str_to_bool(text);
	return *out || str_is_no(text);
}

static bool
text_valid(const struct option *opt, struct str text)
{
	int64_t index;

	if (memchr(text.p, '\0', text.n) != NULL)
		return false;
	if (text.n == 0 && opt->fallback[0] == '\0')
		return true;
	if (opt->choices != NULL)
		return choice_parse(opt, text, &index);
	return text.n == 0 || opt->valid == NULL || opt->valid(text);
}

bool
option_store(const struct option *opt, struct str text, struct arena *a,
    struct settings *out)
{
	char *member = (char *)out + opt->offset;
	const char *copy;
	int64_t n;
	bool yes;

	switch (opt->type) {
	case OPTION_TEXT:
	case OPTION_SECRET:
		if (!text_valid(opt, text))
			return false;
		copy = arena_dup(a, text).p;
		memcpy(member, &copy, sizeof(copy));
		return true;
	case OPTION_BOOLEAN:
		if (!boolean_parse(text, &yes))
			return false;
		memcpy(member, &yes, sizeof(yes));
		return true;
	case OPTION_CHOICE:
		if (!choice_parse(opt, text, &n))
			return false;
		break;
	default:
		if (!number_parse(opt, text, &n))
			return false;
	}
	memcpy(member, &n, sizeof(n));
	return true;
}

void
option_copy(
    const struct option *opt, const struct settings *from, struct settings *to)
{
	size_t n = sizeof(int64_t);

	if (opt->type == OPTION_TEXT || opt->type == OPTION_SECRET)
		n = sizeof(const char *);
	else if (opt->type == OPTION_BOOLEAN)
		n = sizeof(bool);
	memcpy((char *)to + opt->offset, (const char *)from + opt->offset, n);
}

/* A number as a person writes it, in the largest unit that fits: "64m". */
static void
number_put(struct buf *out, const struct unit *units, int64_t n)
{
	const struct unit *best = units;

	for (const struct unit *u = units; u->suffix != NULL; u++) {
		if (n >= u->factor && n % u->factor == 0 &&
		    u->factor > best->factor)
			best = u;
	}
	buf_put_i64(out, n / best->factor);
	buf_put(out, str_of(best->suffix));
}

void
option_expected(const struct option *opt, struct buf *out)
{
	struct str rest = str_of(opt->choices);

	if (opt->choices != NULL) {
		buf_put_lit(out, "one of");
		for (char sep = ' '; !str_is_null(rest); sep = '|') {
			buf_put_char(out, sep);
			buf_put(out, str_cut(&rest, '|'));
		}
		return;
	}
	buf_put(out, str_of(opt->expected != NULL ? opt->expected
						  : types[opt->type].expected));
	if (types[opt->type].units == NULL)
		return;
	buf_put_lit(out, " from ");
	number_put(out, types[opt->type].units, opt->min);
	buf_put_lit(out, " to ");
	number_put(out, types[opt->type].units, opt->max);
}

const char *
option_nearest(struct str name)
{
	struct near near = near_to(name);
	const struct option *opt;

	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		near_try(&near, opt->name);
		near_try(&near, opt->alias);
	}
	return near.found;
}
