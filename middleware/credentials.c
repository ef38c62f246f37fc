#include "middleware/credentials.h"

#include "app/base/base64.h"
#include "app/base/jsonread.h"
#include "middleware/request.h"

#define BASIC_BYTES_MAX 4096u

static struct str
first(struct str a, struct str b)
{
	return a.n > 0 ? a : b;
}

/* What follows "Bearer " or the like in Authorization. */
static struct str
authorization(const struct request *req, struct str scheme)
{
	struct str rest = req->param[PARAM_AUTHORIZATION];

	if (!str_eq_nocase(str_cut(&rest, ' '), scheme))
		return STR_NULL;
	return str_trim(rest);
}

/* An app is described by its key (dreamfactory.md 2.1). */
static bool
is_about_apps(const struct request *req)
{
	return str_eq(req->service_name, STR("system")) &&
	       str_eq_nocase(req->segment[0], STR("app"));
}

static void
body_read(struct request *req, struct credentials *out)
{
	struct json body;

	if (req->body.n == 0 || req->body.p[0] != '{' ||
	    json_parse(req->arena, req->body, &body, NULL) != ST_OK)
		return;
	if (out->key.n == 0 && !is_about_apps(req))
		out->key = json_to_str(
		    req->arena, json_get(req->arena, body, STR("api_key")));
	if (out->token.n == 0)
		out->token = json_to_str(req->arena,
		    json_get(req->arena, body, STR("session_token")));
}

void
credentials_read(struct request *req, bool body, struct credentials *out)
{
	bool authorized = req->param[PARAM_AUTHORIZATION].n > 0;

	*out = (struct credentials){ .key = STR_NULL };
	out->key = first(request_query(req, STR("api_key")),
	    first(req->param[PARAM_API_KEY], req->param[PARAM_API_KEY_ALIAS]));
	if (authorized)
		out->token = authorization(req, STR("Bearer"));
	out->token =
	    first(out->token, first(req->param[PARAM_SESSION_TOKEN],
				  request_query(req, STR("session_token"))));
	if (body || out->key.n == 0)
		body_read(req, out);
	if (authorized && out->token.n == 0)
		out->basic = authorization(req, STR("Basic"));
}

bool
credentials_basic(struct request *req, struct str basic, struct str *name,
    struct str *password)
{
	struct str text;

	if (basic.n > BASIC_BYTES_MAX ||
	    !base64_decode(req->arena, basic, &text))
		return false;
	*name = str_cut(&text, ':');
	*password = text;
	return !str_is_null(text) && name->n > 0;
}
