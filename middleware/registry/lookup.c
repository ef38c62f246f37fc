#include "middleware/registry/lookup.h"

#include "middleware/registry/declared.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_records.h"

struct noun_text {
	const char *name;
	const char *command; /* that lists them */
	const char *sql;
};

static const struct noun_text nouns[] = {
	[NOUN_SERVICE] = { "service", "weir service list",
	    "SELECT id FROM service WHERE name = ?" },
	[NOUN_APP] = { "app", "weir app list",
	    "SELECT id FROM app WHERE name = ?" },
	[NOUN_ROLE] = { "role", "weir role list",
	    "SELECT id FROM role WHERE name = ?" },
	[NOUN_LIMIT] = { "limit", "weir limit list",
	    "SELECT id FROM limits WHERE name = ?" },
	[NOUN_USER] = { "user", "weir user list",
	    "SELECT id FROM user WHERE email = ?" },
};

struct str
lower_case(struct str s, char *out, size_t size)
{
	size_t n = s.n < size ? s.n : size;

	for (size_t i = 0; i < n; i++) {
		char c = s.p[i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return str_make(out, n);
}

static struct str
place_of(const struct system_db *db, enum noun noun, struct str name)
{
	return db->declared == NULL ? STR_NULL
				    : declared_place(db->declared, noun, name);
}

enum status
lookup_undeclared(
    struct system_db *db, enum noun noun, struct str name, struct error *err)
{
	struct str place = place_of(db, noun, name);

	if (str_is_null(place))
		return ST_OK;
	return error_set(err, ST_EXISTS,
	    "a %s \"%.*s\" is declared at %.*s: choose another name, or change "
	    "it there",
	    nouns[noun].name, STR_ARG(name), STR_ARG(place));
}

enum status
lookup_id(struct system_db *db, enum noun noun, struct str name, int64_t *id,
    struct error *err)
{
	const struct noun_text *text = &nouns[noun];
	char lower[USER_TEXT_MAX + 1]; /* longer than any: finds none */
	struct db_value args[1];
	struct db_stmt stmt = { str_of(text->sql), args, 1 };
	struct str place;
	enum status st;

	if (noun == NOUN_SERVICE || noun == NOUN_USER)
		args[0] = bind_text(lower_case(name, lower, sizeof(lower)));
	else
		args[0] = bind_text(name);
	st = system_db_number(db, &stmt, id, err);
	if (st != ST_MISSING)
		return st;
	place = place_of(db, noun, name);
	if (!str_is_null(place))
		return error_set(err, ST_INVALID,
		    "the %s \"%.*s\" is declared at %.*s: it is changed and "
		    "referred to there only",
		    text->name, STR_ARG(name), STR_ARG(place));
	return error_set(err, ST_MISSING,
	    "no %s is named \"%.*s\": `%s` shows those there are", text->name,
	    STR_ARG(name), text->command);
}
