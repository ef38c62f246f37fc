#include "middleware/registry/declared_name.h"

struct declared_noun {
	enum noun noun;
	const char *prefix;
	const char *declaring; /* the field that declares a thing */
};

static const struct declared_noun nouns[] = {
	{ NOUN_SERVICE, "SERVICE", "TYPE" },
	{ NOUN_ROLE, "ROLE", "ACCESS" },
	{ NOUN_APP, "KEY", "HASH" },
};

#define NOUNS (sizeof(nouns) / sizeof(nouns[0]))

static const struct declared_noun *
noun_row(enum noun noun)
{
	size_t i = 0;

	while (i < NOUNS - 1 && nouns[i].noun != noun)
		i++;
	return &nouns[i];
}

const char *
declared_prefix(enum noun noun)
{
	return noun_row(noun)->prefix;
}

const char *
declared_declaring(enum noun noun)
{
	return noun_row(noun)->declaring;
}

/* Behind "PREFIX_"; STR_NULL when the name does not begin so. */
static struct str
behind_prefix(struct str name, const char *prefix)
{
	struct str p = str_of(prefix);

	if (!str_starts(name, p) || name.n == p.n || name.p[p.n] != '_')
		return STR_NULL;
	return str_skip(name, p.n + 1);
}

/* The name in front of "_FIELD"; STR_NULL when there is none. */
static struct str
before_field(struct str rest, const char *field)
{
	struct str f = str_of(field);
	size_t n = rest.n;

	if (n < f.n + 2 || rest.p[n - f.n - 1] != '_' ||
	    !str_eq(str_skip(rest, n - f.n), f))
		return STR_NULL;
	return str_make(rest.p, n - f.n - 1);
}

bool
declared_name_declares(struct str name, struct declared_thing *thing)
{
	for (size_t i = 0; i < NOUNS; i++) {
		struct str rest = behind_prefix(name, nouns[i].prefix);

		thing->noun = nouns[i].noun;
		thing->name = before_field(rest, nouns[i].declaring);
		if (!str_is_null(thing->name))
			return true;
	}
	return false;
}

/* The field, when the entry's name may be about that thing; or STR_NULL. */
static struct str
field_of(struct str name, const struct declared_thing *thing)
{
	struct str rest = behind_prefix(name, declared_prefix(thing->noun));
	size_t n = thing->name.n;

	if (str_is_null(rest) || rest.n < n + 2 || rest.p[n] != '_' ||
	    !str_eq_nocase(str_make(rest.p, n), thing->name))
		return STR_NULL;
	return str_skip(rest, n + 1);
}

struct declared_about
declared_name_about(struct str name, struct declared_thing *things, size_t n,
    declared_knows_f *knows)
{
	struct declared_about about = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct str field = field_of(name, &things[i]);
		bool known = field.n > 0 && knows(&things[i], field);

		if (field.n == 0 || (about.known && !known))
			continue;
		if (about.known) {
			about.other = &things[i];
			continue;
		}
		if (known || about.thing == NULL || field.n < about.field.n)
			about = (struct declared_about){ &things[i], field,
				known, NULL };
	}
	return about;
}
