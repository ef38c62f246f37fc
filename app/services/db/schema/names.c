#include "app/services/db/schema/names.h"

#include "app/services/db/write/body_options.h"
#include "middleware/request.h"

static bool
is_listed(const struct names *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++) {
		if (str_eq(names->list[i], name))
			return true;
	}
	return false;
}

static enum status
name_add(struct names *out, struct str name, struct error *err)
{
	if (name.n == 0)
		return error_set(err, ST_INVALID, "A name is empty.");
	if (is_listed(out, name))
		return ST_OK;
	if (out->n == NAMES_MAX)
		return error_set(err, ST_INVALID,
		    "The request has more than %d names.", NAMES_MAX);
	out->list[out->n++] = name;
	return ST_OK;
}

static enum status
text_read(struct str rest, struct names *out, struct error *err)
{
	enum status st = ST_OK;

	while (st == ST_OK && !str_is_null(rest))
		st = name_add(out, str_trim(str_cut(&rest, ',')), err);
	return st;
}

/* A string, or the name of an object; STR_NULL: neither. */
static struct str
name_of(struct arena *arena, struct json v)
{
	if (json_kind(v) == JSON_OBJECT)
		v = json_get(arena, v, STR("name"));
	return json_to_str(arena, v);
}

static enum status
list_read(
    struct arena *arena, struct json list, struct names *out, struct error *err)
{
	struct json_walk walk = json_walk(arena, list);
	struct json_member element;
	enum status st = ST_OK;

	while (st == ST_OK && json_next(&walk, &element)) {
		struct str name = name_of(arena, element.value);

		if (str_is_null(name))
			return error_set(err, ST_INVALID,
			    "An element of the list has no name.");
		st = name_add(out, name, err);
	}
	return st;
}

static enum status
body_read(
    struct arena *arena, struct json body, struct names *out, struct error *err)
{
	struct json list = body;

	if (json_kind(body) == JSON_OBJECT) {
		list = json_get(arena, body, STR("ids"));
		if (json_kind(list) == JSON_NONE)
			list = json_get(arena, body, STR("resource"));
	}
	switch (json_kind(list)) {
	case JSON_NONE:
	case JSON_NULL:
		return ST_OK;
	case JSON_ARRAY:
		return list_read(arena, list, out, err);
	case JSON_STRING:
		return text_read(json_to_str(arena, list), out, err);
	default:
		return error_set(
		    err, ST_INVALID, "Names are given as a list of strings.");
	}
}

enum status
names_read(
    struct request *req, struct json body, struct names *out, struct error *err)
{
	struct str sent = request_query(req, STR("ids"));

	out->n = 0;
	out->list = arena_alloc(req->arena, NAMES_MAX * sizeof(out->list[0]));
	if (sent.n > 0)
		return text_read(sent, out, err);
	return body_read(req->arena, body, out, err);
}

struct str
names_option(const struct request *req, struct json body, struct str name)
{
	struct options options = options_of(req, body);

	return params_get(&options.params, name);
}
