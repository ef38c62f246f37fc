#include "middleware/json.h"

#include "middleware/request.h"

#define RESOURCE STR("resource")

#define NO_RECORDS                                                             \
	"No record(s) detected in request. Please make sure record(s) are "    \
	"wrapped in a 'resource' tag. Example: "                               \
	"{\"resource\":[{\"record\":1},{\"record\":2}]}"

/* application/json, application/vnd.api+json, text/json: any that says so. */
static bool
names_json(struct str type)
{
	struct str json = STR("json");

	for (size_t i = 0; i + json.n <= type.n; i++) {
		if (str_eq_nocase(str_make(type.p + i, json.n), json))
			return true;
	}
	return false;
}

enum status
json_body(struct request *req, struct json *out)
{
	struct str type = request_media_type(req);
	struct error err = { 0 };
	enum status st;

	*out = (struct json){ STR_NULL };
	if (req->body.n == 0)
		return ST_OK;
	if (type.n > 0 && !names_json(type)) {
		response_fail(req, 415,
		    "The body must be application/json, not '%.*s'.",
		    STR_ARG(type));
		return ST_INVALID;
	}
	st = json_parse(req->arena, req->body, out, &err);
	if (st != ST_OK)
		response_fail(
		    req, 400, "The body is not valid JSON: %s.", err.text);
	return st;
}

static enum status
refuse(struct request *req, const char *why)
{
	response_fail(req, 400, "%s", why);
	return ST_INVALID;
}

/* One object alone. */
static enum status
records_one(struct request *req, struct json record, struct records *out)
{
	out->list = arena_alloc(req->arena, sizeof(out->list[0]));
	out->list[0] = record;
	out->n = 1;
	return ST_OK;
}

static enum status
records_list(
    struct request *req, struct json list, size_t max, struct records *out)
{
	struct json_walk walk = json_walk(req->arena, list);
	struct json_member element;
	size_t n = json_count(list);

	if (n == 0)
		return refuse(req, NO_RECORDS);
	if (n > max) {
		response_fail(req, 400,
		    "The request has %zu records; at most %zu are allowed "
		    "(max_records).",
		    n, max);
		return ST_TOO_BIG;
	}
	out->list = arena_alloc(req->arena, n * sizeof(out->list[0]));
	while (json_next(&walk, &element)) {
		if (json_kind(element.value) != JSON_OBJECT) {
			response_fail(req, 400, "Record %zu is not an object.",
			    out->n + 1);
			return ST_INVALID;
		}
		out->list[out->n++] = element.value;
	}
	return ST_OK;
}

enum status
json_records(
    struct request *req, struct json body, size_t max, struct records *out)
{
	struct json list = body;
	enum json_kind kind;

	*out = (struct records){ .form = RECORDS_OBJECT };
	if (json_kind(body) == JSON_OBJECT) {
		list = json_get(req->arena, body, RESOURCE);
		if (json_kind(list) == JSON_NONE)
			return records_one(req, body, out);
	}
	out->form =
	    json_kind(body) == JSON_ARRAY ? RECORDS_ARRAY : RECORDS_RESOURCE;
	kind = json_kind(list);
	if (kind == JSON_OBJECT)
		return records_one(req, list, out);
	if (kind == JSON_ARRAY)
		return records_list(req, list, max, out);
	return refuse(req, NO_RECORDS);
}
