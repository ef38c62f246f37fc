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

struct filling {
	const struct json_config_member *rows;
	char *out;
};

static void
member_put(char *out, const struct json_config_member *row, struct str text)
{
	memcpy(out + row->at, &text, sizeof(text));
}

static bool
member_take(void *ctx, struct str name, struct str text)
{
	const struct filling *f = ctx;

	for (size_t i = 0; f->rows[i].name != NULL; i++) {
		if (str_eq(name, str_of(f->rows[i].name)))
			member_put(f->out, &f->rows[i], text);
	}
	return true;
}

enum status
json_config_read(struct arena *arena, struct str text,
    const struct json_config_member *rows, void *out, struct error *err)
{
	struct filling filling = { rows, out };

	for (size_t i = 0; rows[i].name != NULL; i++)
		member_put(out, &rows[i], STR_NULL);
	return json_config_each(arena, text, member_take, &filling, err);
}

enum status
json_config_integer(const char *name, struct str text,
    struct json_config_range range, int64_t *out, struct error *err)
{
	int64_t number;

	if (text.n == 0)
		return ST_OK;
	if (!str_to_i64(text, &number) || number < range.min ||
	    number > range.max)
		return error_set(err, ST_INVALID,
		    "%s must be an integer from %lld to %lld", name,
		    (long long)range.min, (long long)range.max);
	*out = number;
	return ST_OK;
}

enum status
json_config_seconds(const char *name, struct str text, uint32_t max,
    uint32_t *out, struct error *err)
{
	const struct json_config_range range = { 0, max };
	int64_t seconds = *out;
	enum status st = json_config_integer(name, text, range, &seconds, err);

	*out = (uint32_t)seconds;
	return st;
}

const char *
json_config_string(struct str text, const char *usual)
{
	return text.n == 0 ? usual : text.p;
}
