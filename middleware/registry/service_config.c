#include "middleware/registry/service_config.h"

#include <stdio.h>

#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/utf8.h"
#include "middleware/service.h"

static enum status
refuse(const struct config_given *given, struct str name, const char *why,
    struct error *err)
{
	return error_set(err, ST_INVALID, "config of type %.*s: \"%.*s\" %s",
	    STR_ARG(given->type), STR_ARG(name), why);
}

static enum status
refuse_type(struct arena *arena, struct str type, struct error *err)
{
	struct buf names = buf_in(arena);

	for (size_t i = 0; service_types[i] != NULL; i++)
		buf_printf(
		    &names, "%s%s", i == 0 ? "" : ", ", service_types[i]->name);
	return error_set(err, ST_INVALID,
	    "service type \"%.*s\" does not exist: there is %.*s",
	    STR_ARG(type), STR_ARG(buf_str(&names)));
}

static const struct config_field *
field_find(const struct config_field *fields, struct str name)
{
	for (; fields->name != NULL; fields++) {
		if (str_eq(name, str_of(fields->name)))
			return fields;
	}
	return NULL;
}

/* Every member given is a field, once. */
static enum status
members_check(const struct config_given *given,
    const struct config_field *fields, struct error *err)
{
	for (size_t i = 0; i < given->n; i++) {
		struct str name = given->list[i].name;

		if (field_find(fields, name) == NULL)
			return refuse(given, name, "is not known", err);
		for (size_t j = 0; j < i; j++) {
			if (str_eq(name, given->list[j].name))
				return refuse(
				    given, name, "is given twice", err);
		}
	}
	return ST_OK;
}

/* What is given for a field, else its default; STR_NULL when neither is. */
static struct str
value_of(const struct config_given *given, const struct config_field *field)
{
	for (size_t i = 0; i < given->n; i++) {
		if (str_eq(given->list[i].name, str_of(field->name)))
			return given->list[i].value;
	}
	return str_of(field->fallback);
}

static bool
is_utf8(struct str s)
{
	size_t n = 1;

	for (; s.n > 0 && n > 0; s = str_skip(s, n))
		n = utf8_first(s);
	return n > 0;
}

static enum status
refuse_number(const struct config_given *given,
    const struct config_field *field, struct error *err)
{
	char why[80];

	if (field->min == 0 && field->max == 0)
		return refuse(
		    given, str_of(field->name), "must be an integer", err);
	(void)snprintf(why, sizeof(why), "must be an integer from %lld to %lld",
	    (long long)field->min, (long long)field->max);
	return refuse(given, str_of(field->name), why, err);
}

static enum status
number_put(struct buf *json, const struct config_given *given,
    const struct config_field *field, struct str value, struct error *err)
{
	bool any = field->min == 0 && field->max == 0;
	int64_t number;

	if (!str_to_i64(value, &number) ||
	    (!any && (number < field->min || number > field->max)))
		return refuse_number(given, field, err);
	buf_put_i64(json, number);
	return ST_OK;
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
refuse_choice(const struct config_given *given,
    const struct config_field *field, struct error *err)
{
	struct str rest = str_of(field->choices);
	char why[120] = "must be one of ";
	size_t n = strlen(why);

	for (; rest.p != NULL && n < sizeof(why); n = strlen(why)) {
		struct str word = str_cut(&rest, '|');

		(void)snprintf(why + n, sizeof(why) - n, "%.*s%s",
		    STR_ARG(word), rest.p == NULL ? "" : ", ");
	}
	return refuse(given, str_of(field->name), why, err);
}

static enum status
text_put(struct buf *json, const struct config_given *given,
    const struct config_field *field, struct str value, struct error *err)
{
	if (!is_utf8(value))
		return refuse(given, str_of(field->name), "must be UTF-8", err);
	if (!is_choice(field->choices, value))
		return refuse_choice(given, field, err);
	json_put_str(json, value);
	return ST_OK;
}

/* Appends a value as its field's type. */
static enum status
value_put(struct buf *json, const struct config_given *given,
    const struct config_field *field, struct str value, struct error *err)
{
	if (strcmp(field->type, "integer") == 0)
		return number_put(json, given, field, value, err);
	if (strcmp(field->type, "boolean") != 0)
		return text_put(json, given, field, value, err);
	if (!str_to_bool(value) && !str_is_no(value))
		return refuse(
		    given, str_of(field->name), "must be true or false", err);
	json_put_bool(json, str_to_bool(value));
	return ST_OK;
}

static enum status
field_put(struct buf *json, const struct config_given *given,
    const struct config_field *field, struct error *err)
{
	struct str value = value_of(given, field);
	struct str name = str_of(field->name);

	if (field->required && value.n == 0)
		return refuse(given, name, "is required", err);
	if (str_is_null(value))
		return ST_OK;
	json_put_name(json, name);
	return value_put(json, given, field, value, err);
}

enum status
service_config_make(struct arena *arena, const struct config_given *given,
    struct str *json, struct error *err)
{
	const struct service_type *type = service_type_find(given->type);
	const struct config_field *field;
	struct buf text = buf_in(arena);
	enum status st;

	if (type == NULL)
		return refuse_type(arena, given->type, err);
	st = members_check(given, type->config, err);
	buf_put_char(&text, '{');
	for (field = type->config; st == ST_OK && field->name != NULL; field++)
		st = field_put(&text, given, field, err);
	buf_put_char(&text, '}');
	*json = buf_str(&text);
	return st;
}
