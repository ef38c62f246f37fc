#include "middleware/registry/words.h"

#include "middleware/registry/access.h"
#include "middleware/request.h"

#define PERIOD_MAX 31622400u /* 366 days */
#define ALL_VERBS  31u

static const char *const reserved[] = { "system", "user", "api_docs" };

static const enum method verbs[] = { METHOD_GET, METHOD_POST, METHOD_PUT,
	METHOD_PATCH, METHOD_DELETE };

struct period {
	const char *name;
	uint32_t seconds;
};

/* DreamFactory numbers them so. */
static const struct period periods[] = {
	{ "minute", 60 },
	{ "hour", 3600 },
	{ "day", 86400 },
	{ "7-day", 604800 },
	{ "30-day", 2592000 },
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* "v2" would be taken for the version of the API. */
static bool
is_version(struct str name)
{
	uint64_t number;

	return name.n > 1 && (name.p[0] == 'v' || name.p[0] == 'V') &&
	       str_to_u64(str_skip(name, 1), &number);
}

enum status
service_name_check(struct str name, struct error *err)
{
	bool bad = name.n == 0 || name.n > SERVICE_NAME_MAX;

	for (size_t i = 0; i < name.n && !bad; i++)
		bad = !is_name_char(name.p[i]);
	if (bad)
		return error_set(err, ST_INVALID,
		    "service name \"%.*s\": 1 to %d letters, digits, _ or - "
		    "are expected",
		    STR_ARG(name), SERVICE_NAME_MAX);
	for (size_t i = 0; i < LENGTH(reserved); i++) {
		if (str_eq_nocase(name, str_of(reserved[i])))
			bad = true;
	}
	if (bad || is_version(name))
		return error_set(err, ST_INVALID,
		    "service name \"%.*s\" is reserved: choose another",
		    STR_ARG(name));
	return ST_OK;
}

enum status
record_name_check(struct str name, const char *what, struct error *err)
{
	bool bad = name.n == 0 || name.n > RECORD_NAME_MAX ||
		   str_trim(name).n != name.n;

	for (size_t i = 0; i < name.n && !bad; i++)
		bad = (unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f;
	if (bad)
		return error_set(err, ST_INVALID,
		    "%s name: 1 to %d bytes without control characters or "
		    "blanks at the ends are expected",
		    what, RECORD_NAME_MAX);
	return ST_OK;
}

enum status
description_check(struct str text, struct error *err)
{
	if (text.n > DESCRIPTION_MAX)
		return error_set(err, ST_INVALID,
		    "a description has at most %d bytes", DESCRIPTION_MAX);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		bool blank = c == '\t' || c == '\n' || c == '\r';

		if ((c < ' ' && !blank) || c == 0x7f)
			return error_set(err, ST_INVALID,
			    "a description has no control characters");
	}
	return ST_OK;
}

struct str
component_trim(struct str c)
{
	while (c.n > 0 && c.p[0] == '/')
		c = str_skip(c, 1);
	while (c.n > 0 && c.p[c.n - 1] == '/')
		c.n--;
	return str_is_null(c) ? STR("") : c;
}

enum status
component_check(struct str service, struct str c, struct error *err)
{
	if (c.n > COMPONENT_MAX)
		return error_set(err, ST_INVALID,
		    "a component has at most %d bytes", COMPONENT_MAX);
	for (size_t i = 0; i < c.n; i++) {
		if ((unsigned char)c.p[i] < ' ' || c.p[i] == 0x7f)
			return error_set(err, ST_INVALID,
			    "a component has no control characters");
	}
	if (str_find(c, '*') + 1 < c.n)
		return error_set(err, ST_INVALID,
		    "component \"%.*s\": a * stands at the end only",
		    STR_ARG(c));
	if (str_eq(service, STR("*")) && c.n > 0 && !str_eq(c, STR("*")))
		return error_set(err, ST_INVALID,
		    "component \"%.*s\": for all services it is * or, for "
		    "their roots only, empty",
		    STR_ARG(c));
	return ST_OK;
}

static unsigned
verb_parse(struct str text)
{
	for (size_t i = 0; i < LENGTH(verbs); i++) {
		if (str_eq_nocase(text, method_name(verbs[i])))
			return verbs[i];
	}
	return 0;
}

enum status
verbs_parse(struct str text, unsigned *mask, struct error *err)
{
	*mask = 0;
	if (str_eq_nocase(text, STR("none")))
		return ST_OK;
	*mask = ALL_VERBS;
	if (str_eq_nocase(text, STR("all")))
		return ST_OK;
	*mask = 0;
	while (text.p != NULL) {
		struct str word = str_trim(str_cut(&text, ','));
		unsigned verb = verb_parse(word);

		if (verb == 0)
			return error_set(err, ST_INVALID,
			    "verb \"%.*s\": GET, POST, PUT, PATCH, DELETE, "
			    "all or none are expected",
			    STR_ARG(word));
		*mask |= verb;
	}
	return ST_OK;
}

void
verbs_put(struct buf *b, unsigned mask)
{
	const char *comma = "";

	if (mask == 0) {
		buf_put_lit(b, "none");
		return;
	}
	for (size_t i = 0; i < LENGTH(verbs); i++) {
		if ((mask & (unsigned)verbs[i]) == 0)
			continue;
		buf_put(b, str_of(comma));
		buf_put(b, method_name(verbs[i]));
		comma = ",";
	}
}

static unsigned
requestor_parse(struct str text)
{
	if (str_eq_nocase(text, STR("api")))
		return REQUESTOR_API;
	if (str_eq_nocase(text, STR("script")))
		return REQUESTOR_SCRIPT;
	return str_eq_nocase(text, STR("all"))
		   ? REQUESTOR_API | REQUESTOR_SCRIPT
		   : 0;
}

enum status
requestors_parse(struct str text, unsigned *mask, struct error *err)
{
	*mask = 0;
	while (text.p != NULL) {
		struct str word = str_trim(str_cut(&text, ','));
		unsigned requestor = requestor_parse(word);

		if (requestor == 0)
			return error_set(err, ST_INVALID,
			    "requestor \"%.*s\": api, script or all is "
			    "expected",
			    STR_ARG(word));
		*mask |= requestor;
	}
	return ST_OK;
}

void
requestors_put(struct buf *b, unsigned mask)
{
	bool api = (mask & REQUESTOR_API) != 0;

	if (api)
		buf_put_lit(b, "api");
	if ((mask & REQUESTOR_SCRIPT) != 0)
		buf_put(b, api ? STR(",script") : STR("script"));
}

enum status
period_parse(struct str text, uint32_t *seconds, struct error *err)
{
	uint64_t number = 0;

	for (size_t i = 0; i < LENGTH(periods); i++) {
		if (str_eq_nocase(text, str_of(periods[i].name))) {
			*seconds = periods[i].seconds;
			return ST_OK;
		}
	}
	if (!str_ends(text, STR("s")) ||
	    !str_to_u64(str_make(text.p, text.n - 1), &number) || number == 0 ||
	    number > PERIOD_MAX)
		return error_set(err, ST_INVALID,
		    "period \"%.*s\": minute, hour, day, 7-day, 30-day or "
		    "seconds as in 10s (at most %us) are expected",
		    STR_ARG(text), PERIOD_MAX);
	*seconds = (uint32_t)number;
	return ST_OK;
}

enum status
period_parse_sent(struct str text, uint32_t *seconds, struct error *err)
{
	uint64_t number;

	if (!str_to_u64(text, &number) || number >= LENGTH(periods))
		return period_parse(text, seconds, err);
	*seconds = periods[number].seconds;
	return ST_OK;
}

void
period_put(struct buf *b, uint32_t seconds)
{
	for (size_t i = 0; i < LENGTH(periods); i++) {
		if (periods[i].seconds == seconds) {
			buf_put(b, str_of(periods[i].name));
			return;
		}
	}
	buf_put_u64(b, seconds);
	buf_put_char(b, 's');
}
