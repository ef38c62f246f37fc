#include "app/base/arena.h"
#include "app/base/jsonread.h"
#include "app/services/db/filter/filter.h"

/* ":name" -> "name" */
static struct str
name_strip(struct str name)
{
	return str_starts(name, STR(":")) ? str_skip(name, 1) : name;
}

static void
add(struct params *out, struct str name, struct str value)
{
	name = name_strip(name);
	for (size_t i = 0; i < out->n; i++) {
		if (str_eq(out->list[i].name, name))
			return;
	}
	out->list[out->n++] = (struct param){ name, value };
}

/* "params[:name]" -> ":name", or STR_NULL */
static struct str
bracketed(struct str option)
{
	struct str head = STR("params[");

	if (option.n <= head.n || option.p[option.n - 1] != ']' ||
	    !str_eq_nocase(str_make(option.p, head.n), head))
		return STR_NULL;
	return str_make(option.p + head.n, option.n - head.n - 1);
}

static enum status
member_add(struct arena *arena, struct params *out,
    const struct json_member *member, struct error *err)
{
	struct str value = member->value.text;

	switch (json_kind(member->value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return error_set(err, ST_INVALID,
		    "Parameter '%.*s' of 'params' must be a string, a number, "
		    "true, false or null.",
		    STR_ARG(member->name));
	case JSON_NULL:
		value = STR_NULL;
		break;
	case JSON_STRING:
		value = json_to_str(arena, member->value);
		break;
	default:
		break;
	}
	add(out, member->name, value);
	return ST_OK;
}

/* As every option, in any case; the first counts. */
static struct str
object_text(const struct params *options)
{
	for (size_t i = 0; i < options->n; i++) {
		if (str_eq_nocase(options->list[i].name, STR("params")))
			return str_trim(options->list[i].value);
	}
	return STR_NULL;
}

static enum status
object_parse(
    struct arena *arena, struct str text, struct json *out, struct error *err)
{
	struct error why = { .text = "" };

	if (json_parse(arena, text, out, &why) != ST_OK)
		return error_set(err, ST_INVALID,
		    "Parameter 'params' is malformed: %s", why.text);
	if (json_kind(*out) != JSON_OBJECT)
		return error_set(
		    err, ST_INVALID, "Parameter 'params' must be an object.");
	return ST_OK;
}

static size_t
bracketed_count(const struct params *options)
{
	size_t n = 0;

	for (size_t i = 0; i < options->n; i++)
		n += !str_is_null(bracketed(options->list[i].name));
	return n;
}

/* An empty list with room for all of them, of which each is compared with
 * those before it. */
static enum status
room_make(
    struct arena *arena, size_t room, struct params *out, struct error *err)
{
	if (room > FILTER_PARAMS_MAX)
		return error_set(err, ST_INVALID,
		    "The params of a filter may have at most %u values.",
		    FILTER_PARAMS_MAX);
	*out = (struct params){ .list = arena_alloc(
				    arena, room * sizeof(out->list[0])) };
	return ST_OK;
}

enum status
filter_params(struct arena *arena, const struct params *options,
    struct params *out, struct error *err)
{
	struct str text = object_text(options);
	struct json object = { STR_NULL };
	struct json_member member;
	struct json_walk walk;
	enum status st = ST_OK;

	if (text.n > 0)
		st = object_parse(arena, text, &object, err);
	if (st == ST_OK)
		st = room_make(arena,
		    bracketed_count(options) + json_count(object), out, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < options->n; i++) {
		struct str name = bracketed(options->list[i].name);

		if (!str_is_null(name))
			add(out, name, options->list[i].value);
	}
	walk = json_walk(arena, object);
	while (st == ST_OK && json_next(&walk, &member))
		st = member_add(arena, out, &member, err);
	return st;
}
