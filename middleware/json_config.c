#include "middleware/json_config.h"

#include <json-c/json.h>

#include "app/base/arena.h"
#include "app/base/jsoncheck.h"
#include "app/base/secret.h"

#define CONFIG_DEPTH 8

/* A copy of a scalar's text: json-c's own ends with its tree. */
static struct str
scalar_text(struct arena *arena, struct json_object *value)
{
	const char *text = json_object_get_string(value);
	size_t n = strlen(text);

	if (json_object_is_type(value, json_type_string))
		n = (size_t)json_object_get_string_len(value);
	return arena_dup(arena, str_make(text, n));
}

static bool
is_plain(struct json_object *value)
{
	return !json_object_is_type(value, json_type_object) &&
	       !json_object_is_type(value, json_type_array);
}

static enum status
each(struct arena *arena, struct json_object *config, json_config_f *member,
    void *ctx, struct error *err)
{
	struct json_object_iterator at = json_object_iter_begin(config);
	struct json_object_iterator end = json_object_iter_end(config);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		struct json_object *value = json_object_iter_peek_value(&at);
		struct str name =
		    arena_dup(arena, str_of(json_object_iter_peek_name(&at)));

		if (value == NULL)
			continue;
		if (!is_plain(value) ||
		    !member(ctx, name, scalar_text(arena, value)))
			return error_set(err, ST_INVALID,
			    "\"%.*s\" has a wrong value", STR_ARG(name));
	}
	return ST_OK;
}

/* The check comes first: json-c would take more than JSON, and cut names. */
enum status
json_config_each(struct arena *arena, struct str text, json_config_f *member,
    void *ctx, struct error *err)
{
	struct json_object *config;
	struct str copy;
	enum status st = json_check(arena, text, CONFIG_DEPTH, err);

	if (st != ST_OK)
		return st;
	copy = arena_dup(arena, text); /* for its NUL */
	config = json_tokener_parse(copy.p);
	secret_wipe((char *)copy.p, copy.n);
	if (json_object_is_type(config, json_type_object))
		st = each(arena, config, member, ctx, err);
	else
		st = error_set(err, ST_INVALID, "a JSON object is expected");
	(void)json_object_put(config);
	return st;
}
