#include "middleware/registry/config_value.h"

#include <stdio.h>

#include "app/base/jsonout.h"
#include "app/base/utf8.h"
#include "middleware/registry/lookup_text.h"
#include "middleware/service.h"

static bool
is_utf8(struct str s)
{
	size_t n = 1;

	for (; s.n > 0 && n > 0; s = str_skip(s, n))
		n = utf8_first(s);
	return n > 0;
}

static enum status
number_put(struct buf *json, const struct config_field *field, struct str value,
    struct error *err)
{
	bool any = field->min == 0 && field->max == 0;
	int64_t number;

	if (str_to_i64(value, &number) &&
	    (any || (number >= field->min && number <= field->max))) {
		buf_put_i64(json, number);
		return ST_OK;
	}
	if (any)
		return error_set(err, ST_INVALID, "must be an integer");
	return error_set(err, ST_INVALID,
	    "must be an integer from %lld to %lld", (long long)field->min,
	    (long long)field->max);
}

/* An empty text chooses nothing. */
static bool
is_choice(const char *choices, struct str value)
{
	struct str rest = str_of(choices);

	while (rest.p != NULL && value.n > 0) {
		if (str_eq(str_cut(&rest, '|'), value))
			return true;
	}
	return choices == NULL || value.n == 0;
}

static enum status
refuse_choice(const char *choices, struct error *err)
{
	struct str rest = str_of(choices);
	char words[160] = "";
	size_t n = 0;

	for (; rest.p != NULL && n < sizeof(words); n = strlen(words)) {
		struct str word = str_cut(&rest, '|');

		(void)snprintf(words + n, sizeof(words) - n, "%s%.*s",
		    n == 0 ? "" : ", ", STR_ARG(word));
	}
	return error_set(err, ST_INVALID, "must be one of %s", words);
}

static enum status
text_put(struct buf *json, const struct config_field *field, struct str value,
    struct error *err)
{
	if (!is_utf8(value))
		return error_set(err, ST_INVALID, "must be UTF-8");
	if (!is_choice(field->choices, value))
		return refuse_choice(field->choices, err);
	if (field->is_path && value.n > 0 && value.p[0] != '/' &&
	    !lookup_text_any(value))
		return error_set(err, ST_INVALID, "must be an absolute path");
	json_put_str(json, value);
	return ST_OK;
}

enum status
config_value_put(struct buf *json, const struct config_field *field,
    struct str value, struct error *err)
{
	if (strcmp(field->type, "integer") == 0)
		return number_put(json, field, value, err);
	if (strcmp(field->type, "boolean") != 0)
		return text_put(json, field, value, err);
	if (!str_to_bool(value) && !str_is_no(value))
		return error_set(err, ST_INVALID, "must be true or false");
	json_put_bool(json, str_to_bool(value));
	return ST_OK;
}
