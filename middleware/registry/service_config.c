#include "middleware/registry/service_config.h"

#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/near.h"
#include "middleware/registry/config_value.h"
#include "middleware/registry/lookup_text.h"
#include "middleware/registry/system_db.h"
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
	    "service type \"%.*s\" does not exist, or this weir was built "
	    "without it: there is %.*s",
	    STR_ARG(type), STR_ARG(buf_str(&names)));
}

const struct config_field *
config_field_find(const struct config_field *fields, struct str name)
{
	for (; fields->name != NULL; fields++) {
		if (str_eq(name, str_of(fields->name)))
			return fields;
	}
	return NULL;
}

static enum status
refuse_unknown(const struct config_given *given,
    const struct config_field *fields, struct str name, struct error *err)
{
	struct near near = near_to(name);

	for (; fields->name != NULL; fields++)
		near_try(&near, fields->name);
	if (near.found == NULL)
		return refuse(given, name, "is not known", err);
	return error_set(err, ST_INVALID,
	    "config of type %.*s: \"%.*s\" is not known: is \"%s\" meant?",
	    STR_ARG(given->type), STR_ARG(name), near.found);
}

/* Every member given is a field, once. */
static enum status
members_check(const struct config_given *given,
    const struct config_field *fields, struct error *err)
{
	for (size_t i = 0; i < given->n; i++) {
		struct str name = given->list[i].name;

		if (config_field_find(fields, name) == NULL)
			return refuse_unknown(given, fields, name, err);
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

static enum status
field_put(struct buf *json, const struct config_given *given,
    const struct config_field *field, struct error *err)
{
	struct str value = value_of(given, field);
	struct str name = str_of(field->name);
	struct error wrong = { 0 };
	enum status st;

	if (field->required && value.n == 0)
		return refuse(given, name, "is required", err);
	if (str_is_null(value))
		return ST_OK;
	json_put_name(json, name);
	st = config_value_put(json, field, value, &wrong);
	return st == ST_OK ? ST_OK : refuse(given, name, wrong.text, err);
}

/* What lookups stand for is known when the service is opened. */
static bool
looks_up(const struct config_given *given)
{
	for (size_t i = 0; i < given->n; i++) {
		if (lookup_text_any(given->list[i].value))
			return true;
	}
	return false;
}

static enum status
whole_check(const struct config_given *given, const struct service_type *type,
    struct str config, struct error *err)
{
	struct error wrong = { 0 };

	if (type->check == NULL || looks_up(given) ||
	    type->check(type, config, &wrong) == ST_OK)
		return ST_OK;
	return error_set(
	    err, ST_INVALID, "config of type %s: %s", type->name, wrong.text);
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
	return st == ST_OK ? whole_check(given, type, *json, err) : st;
}

enum status
service_single_check(struct str name, struct error *err)
{
	const struct service_type *type = service_type_find(name);

	if (type == NULL || !type->is_single)
		return ST_OK;
	return error_set(err, ST_EXISTS,
	    "there is one service of type %s, from the start, and no other",
	    type->name);
}

enum status
service_place_check(struct arena *arena, const struct settings *settings,
    struct str name, struct str config, struct error *err)
{
	const struct service_type *type = service_type_find(name);
	struct db_config place;

	if (type == NULL || type->database == NULL ||
	    type->database(type, config, arena, &place, NULL) != ST_OK ||
	    !system_db_is(settings, &place))
		return ST_OK; /* what is wrong otherwise is found elsewhere */
	return system_db_refuse(err);
}

enum status
service_caching_check(
    struct str name, struct str config, bool cache_enabled, struct error *err)
{
	const struct service_type *type = service_type_find(name);

	if (!cache_enabled || type == NULL)
		return ST_OK;
	if (type->cache_plan == NULL)
		return error_set(err, ST_INVALID,
		    "answers of type %s are not cached: leave cache_enabled "
		    "and cache_ttl out",
		    type->name);
	return type->cacheable == NULL ? ST_OK : type->cacheable(config, err);
}
