#include "app/services/db/routine/routine_options.h"

#include "middleware/request.h"

static struct json
member(const struct request *req, struct json body, struct str name)
{
	struct json v = json_get(req->arena, body, name);
	struct json none = { STR_NULL };

	return json_kind(v) == JSON_NULL ? none : v;
}

/* An empty text is as good as none. */
static enum status
text_read(const struct request *req, struct json body, const char *name,
    struct str *out, struct error *err)
{
	struct json v = member(req, body, str_of(name));

	*out = json_kind(v) == JSON_NONE ? request_query(req, str_of(name))
					 : json_to_str(req->arena, v);
	if (json_kind(v) != JSON_NONE && str_is_null(*out))
		return error_set(
		    err, ST_INVALID, "Option '%s' must be a string.", name);
	*out = str_trim(*out);
	if (out->n == 0)
		*out = STR_NULL;
	return ST_OK;
}

static enum status
schema_read(const struct request *req, struct json body, struct json *out,
    struct error *err)
{
	*out = member(req, body, STR("schema"));
	if ((json_kind(*out) != JSON_NONE && json_kind(*out) != JSON_OBJECT) ||
	    str_trim(request_query(req, STR("schema"))).n > 0)
		return error_set(err, ST_INVALID,
		    "Option 'schema' must be an object in the body that names "
		    "the types of columns.");
	return ST_OK;
}

/* The parameter wins over the header line. */
static bool
is_bare(const struct request *req, struct json body)
{
	struct json v = member(req, body, STR("wrap"));
	struct str word = request_query(req, STR("wrap"));

	if (json_kind(v) == JSON_STRING)
		word = json_to_str(req->arena, v);
	else if (json_kind(v) != JSON_NONE)
		word = v.text;
	if (str_trim(word).n == 0)
		word = req->param[PARAM_WRAP];
	return str_is_no(str_trim(word));
}

enum status
routine_options_read(struct request *req, struct json body,
    struct routine_options *out, struct error *err)
{
	enum status st;

	*out = (struct routine_options){ .bare = is_bare(req, body) };
	if (json_kind(body) != JSON_NONE && json_kind(body) != JSON_OBJECT)
		return error_set(err, ST_INVALID,
		    "The body of a call must be an object, with the parameters "
		    "in 'params'.");
	out->params = member(req, body, STR("params"));
	st = text_read(req, body, "wrapper", &out->wrapper, err);
	if (st == ST_OK)
		st = text_read(req, body, "returns", &out->returns, err);
	return st == ST_OK ? schema_read(req, body, &out->schema, err) : st;
}
