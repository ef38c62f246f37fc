#include "app/services/db/routine/routine_given.h"

#include "app/base/arena.h"
#include "app/services/db/routine/routine_text.h"
#include "middleware/request.h"

/* Parameters of URLs that mean something else; see also request_route() and
 * the stages. */
static const char *const taken[] = { "params", "wrapper", "returns", "schema",
	"wrap", "accept", "file", "fields", "refresh", "method", "_method",
	"api_key", "session_token", "script_token", "_" };

static const struct json json_null = { { "null", 4 } };

static struct json
given_or_null(struct json v)
{
	return json_kind(v) == JSON_NONE ? json_null : v;
}

/* {"name":"a","value":1}; any of both may be missing. */
static enum status
described_read(struct arena *arena, struct json v, struct routine_value *out,
    struct error *err)
{
	struct json name = json_get(arena, v, STR("name"));
	struct json value = json_get(arena, v, STR("value"));

	*out = (struct routine_value){ json_to_str(arena, name),
		given_or_null(value) };
	if (json_kind(name) == JSON_NONE ? json_kind(value) == JSON_NONE
					 : str_is_null(out->name))
		return error_set(err, ST_INVALID,
		    "An object in the list 'params' needs a 'name', which is a "
		    "string, and a 'value'.");
	return ST_OK;
}

/* [1,...] or [{"name":"a","value":1},...] */
static enum status
element_read(struct arena *arena, const struct json_member *element,
    struct routine_value *out, struct error *err)
{
	if (json_kind(element->value) == JSON_OBJECT)
		return described_read(arena, element->value, out, err);
	*out = (struct routine_value){ STR_NULL, element->value };
	return ST_OK;
}

/* {"a":1,...} or {"a":{"value":1},...} */
static enum status
member_read(struct arena *arena, const struct json_member *member,
    struct routine_value *out, struct error *err)
{
	struct json inner = json_get(arena, member->value, STR("value"));

	(void)err;
	*out = (struct routine_value){ member->name,
		json_kind(inner) == JSON_NONE ? member->value : inner };
	return ST_OK;
}

static enum status
refuse_many(struct error *err)
{
	return error_set(err, ST_INVALID, "A call has at most %d parameters.",
	    ROUTINE_PARAMS_MAX);
}

static enum status
json_read(struct arena *arena, struct json v, struct routine_given *out,
    struct error *err)
{
	bool named = json_kind(v) == JSON_OBJECT;
	struct json_walk walk = json_walk(arena, v);
	struct json_member member;
	enum status st = ST_OK;

	if (json_kind(v) == JSON_STRING)
		return routine_text_read(
		    arena, json_to_str(arena, v), out, err);
	if (!named && json_kind(v) != JSON_ARRAY)
		return error_set(err, ST_INVALID,
		    "'params' must be a list, an object, or a string with "
		    "commas.");
	if (json_count(v) > ROUTINE_PARAMS_MAX)
		return refuse_many(err);
	out->list = arena_alloc(arena, json_count(v) * sizeof(out->list[0]));
	while (st == ST_OK && json_next(&walk, &member))
		st = named ? member_read(
				 arena, &member, &out->list[out->n++], err)
			   : element_read(
				 arena, &member, &out->list[out->n++], err);
	return st;
}

/* params= of the URL */
static enum status
query_text_read(struct arena *arena, struct str text, struct routine_given *out,
    struct error *err)
{
	struct error why = { .text = "" };
	struct json v;

	text = str_trim(text);
	if (text.n == 0 || (text.p[0] != '{' && text.p[0] != '['))
		return routine_text_read(arena, text, out, err);
	if (json_parse(arena, text, &v, &why) != ST_OK)
		return error_set(err, ST_INVALID,
		    "Parameter 'params' is malformed: %s", why.text);
	return json_read(arena, v, out, err);
}

static bool
is_taken(struct str name)
{
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (str_eq_nocase(name, str_of(taken[i])))
			return true;
	}
	return false;
}

static bool
is_of_routine(const struct routine *routine, struct str name)
{
	for (size_t i = 0; i < routine->n_params; i++) {
		if (str_eq_nocase(routine->params[i].column.name, name))
			return true;
	}
	return false;
}

/* The name in params[name], or what the routine itself calls so; STR_NULL. */
static struct str
name_in_query(const struct routine *routine, struct str option)
{
	struct str head = STR("params[");

	if (option.n > head.n && option.p[option.n - 1] == ']' &&
	    str_eq_nocase(str_make(option.p, head.n), head))
		return str_make(option.p + head.n, option.n - head.n - 1);
	return !is_taken(option) && is_of_routine(routine, option) ? option
								   : STR_NULL;
}

static void
query_names_read(const struct routine_call *c, struct routine_given *out)
{
	const struct params *query = &c->req->query;

	out->list = arena_alloc(c->req->arena, query->n * sizeof(out->list[0]));
	for (size_t i = 0; i < query->n; i++) {
		const struct param *param = &query->list[i];
		struct str name = name_in_query(c->routine, param->name);

		if (!str_is_null(name))
			out->list[out->n++] = (struct routine_value){ name,
				routine_text_value(
				    c->req->arena, param->value) };
	}
}

enum place { PLACE_BODY, PLACE_PATH, PLACE_QUERY, PLACE_NAMES, PLACES };

static enum status
places_read(const struct routine_call *c, struct json body,
    struct routine_given found[PLACES], struct error *err)
{
	struct arena *arena = c->req->arena;
	enum status st = ST_OK;

	if (json_kind(body) != JSON_NONE)
		st = json_read(arena, body, &found[PLACE_BODY], err);
	if (st == ST_OK && !str_is_null(c->inlined))
		st = routine_text_inlined(
		    arena, c->inlined, &found[PLACE_PATH], err);
	if (st == ST_OK)
		st =
		    query_text_read(arena, request_query(c->req, STR("params")),
			&found[PLACE_QUERY], err);
	query_names_read(c, &found[PLACE_NAMES]);
	return st;
}

enum status
routine_given_read(const struct routine_call *c,
    const struct routine_options *options, struct routine_given *out,
    struct error *err)
{
	struct routine_given found[PLACES] = { { .n = 0 } };
	enum status st = places_read(c, options->params, found, err);

	*out = found[PLACE_BODY];
	for (int i = 0; st == ST_OK && i < PLACES; i++) {
		if (found[i].n > ROUTINE_PARAMS_MAX)
			return refuse_many(err);
		if (found[i].n == 0 || i == PLACE_BODY)
			continue;
		if (out->n > 0)
			return error_set(err, ST_INVALID,
			    "Parameters stand in one place: 'params' of the "
			    "body, the path or the URL.");
		*out = found[i];
	}
	return st;
}
