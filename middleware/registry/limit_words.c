#include "middleware/registry/limit_words.h"

#include "middleware/registry/words.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define ROOT          "instance."

static const struct {
	const char *name;
	struct limit_scope scope;
} types[LIMIT_TYPES] = {
	[LIMIT_INSTANCE] = { "instance", { 0 } },
	[LIMIT_USER] = { "instance.user", { .user = true } },
	[LIMIT_EACH_USER] = { "instance.each_user", { .each_user = true } },
	[LIMIT_ROLE] = { "instance.role", { .role = true } },
	[LIMIT_SERVICE] = { "instance.service", { .service = true } },
	[LIMIT_USER_SERVICE] = { "instance.user.service",
	    { .user = true, .service = true } },
	[LIMIT_EACH_USER_SERVICE] = { "instance.each_user.service",
	    { .each_user = true, .service = true } },
	[LIMIT_ENDPOINT] = { "instance.service.endpoint",
	    { .service = true, .endpoint = true } },
	[LIMIT_USER_ENDPOINT] = { "instance.user.service.endpoint",
	    { .user = true, .service = true, .endpoint = true } },
	[LIMIT_EACH_USER_ENDPOINT] = { "instance.each_user.service.endpoint",
	    { .each_user = true, .service = true, .endpoint = true } },
	[LIMIT_APP] = { "instance.app", { .app = true } },
	[LIMIT_APP_SERVICE] = { "instance.app.service",
	    { .app = true, .service = true } },
};

const struct limit_scope *
limit_scope(enum limit_type type)
{
	return &types[type].scope;
}

enum status
limit_type_parse(struct str text, enum limit_type *type, struct error *err)
{
	for (size_t i = 0; i < LENGTH(types); i++) {
		struct str name = str_of(types[i].name);

		if (str_eq_nocase(text, name) ||
		    (i != LIMIT_INSTANCE &&
			str_eq_nocase(text, str_skip(name, strlen(ROOT))))) {
			*type = (enum limit_type)i;
			return ST_OK;
		}
	}
	return error_set(err, ST_INVALID,
	    "limit type \"%.*s\": instance, or user, each_user, role, app, "
	    "service, user.service, each_user.service, app.service, "
	    "service.endpoint, user.service.endpoint or "
	    "each_user.service.endpoint is expected",
	    STR_ARG(text));
}

struct str
limit_type_name(enum limit_type type)
{
	return str_of(types[type].name);
}

static const char *const algorithms[] = {
	[CACHE_FIXED] = "fixed",
	[CACHE_SLIDING] = "sliding",
	[CACHE_GCRA] = "gcra",
};

enum status
limit_algorithm_parse(
    struct str text, enum cache_algorithm *algorithm, struct error *err)
{
	*algorithm = CACHE_FIXED;
	if (text.n == 0 || str_eq_nocase(text, STR("default")))
		return ST_OK;
	for (size_t i = 0; i < LENGTH(algorithms); i++) {
		if (str_eq_nocase(text, str_of(algorithms[i]))) {
			*algorithm = (enum cache_algorithm)i;
			return ST_OK;
		}
	}
	return error_set(err, ST_INVALID,
	    "algorithm \"%.*s\": fixed, sliding or gcra is expected",
	    STR_ARG(text));
}

struct str
limit_algorithm_name(enum cache_algorithm algorithm)
{
	return str_of(algorithms[algorithm]);
}

enum status
limit_verb_parse(struct str text, unsigned *verb, struct error *err)
{
	unsigned mask = 0;

	*verb = 0;
	if (text.n == 0 || str_eq_nocase(text, STR("all")))
		return ST_OK;
	if (verbs_parse(text, &mask, NULL) != ST_OK || mask == 0 ||
	    (mask & (mask - 1)) != 0)
		return error_set(err, ST_INVALID,
		    "Verb is invalid or not allowed. \"%.*s\": one verb of "
		    "GET, POST, PUT, PATCH and DELETE is expected, or all",
		    STR_ARG(text));
	*verb = mask;
	return ST_OK;
}
