#include "app/base/jsonmember.h"
#include "app/services/system/handlers.h"
#include "app/services/system/records.h"
#include "app/services/user/account.h"
#include "middleware/request.h"
#include "middleware/service.h"

/* The cache's columns, which clients see as members of a config. */
static const struct config_field cache_fields[] = {
	{ .name = "cache_enabled",
	    .type = "boolean",
	    .label = "Data retrieval caching",
	    .fallback = "false",
	    .help = "Cache answers, until what they show is written." },
	{ .name = "cache_ttl",
	    .type = "integer",
	    .label = "Cache time to live (seconds)",
	    .fallback = "0",
	    .help = "How long at most; 0: CACHE_DEFAULT_TTL." },
	{ .name = NULL },
};

static bool
is_of(const struct config_field *f, const char *type)
{
	return strcmp(f->type, type) == 0;
}

/* The default as JSON of the field's type. */
static void
put_default(struct buf *b, const struct config_field *f)
{
	if (f->fallback == NULL)
		put_raw(b, "default", STR("null"));
	else if (is_of(f, "integer"))
		put_raw(b, "default", str_of(f->fallback));
	else if (is_of(f, "boolean"))
		put_bool(b, "default", str_to_bool(str_of(f->fallback)));
	else
		put_text(b, "default", str_of(f->fallback));
}

static void
put_choices(struct buf *b, const char *choices)
{
	struct str rest = str_of(choices);

	buf_put_lit(b, ",\"values\":[");
	for (size_t i = 0; !str_is_null(rest); i++) {
		struct str choice = str_cut(&rest, '|');

		if (i > 0)
			buf_put_char(b, ',');
		buf_put_char(b, '{');
		put_text(b, "label", choice);
		put_text(b, "name", choice);
		buf_put_char(b, '}');
	}
	buf_put_char(b, ']');
}

static void
put_field(struct buf *b, const struct config_field *f)
{
	buf_put_char(b, '{');
	put_text(b, "alias", STR_NULL);
	put_text(b, "name", str_of(f->name));
	put_text(b, "label", str_of(f->label));
	put_text(
	    b, "type", f->choices == NULL ? str_of(f->type) : STR("picklist"));
	put_text(b, "description", str_of(f->help));
	put_default(b, f);
	put_bool(b, "required", f->required);
	put_bool(b, "allow_null", !f->required);
	if (f->choices != NULL)
		put_choices(b, f->choices);
	if (f->min != 0 || f->max != 0) {
		put_number(b, "min", f->min);
		put_number(b, "max", f->max);
	}
	buf_put_char(b, '}');
}

static void
put_fields(struct buf *b, const struct config_field *f)
{
	for (; f->name != NULL; f++) {
		if (b->p[b->n - 1] != '[')
			buf_put_char(b, ',');
		put_field(b, f);
	}
}

static void
put_schema(struct buf *b, const struct service_type *type)
{
	json_put_name(b, STR("config_schema"));
	buf_put_char(b, '[');
	put_fields(b, type->config);
	if (type->cache_plan != NULL)
		put_fields(b, cache_fields);
	buf_put_char(b, ']');
}

/* Is the member asked for? */
static bool
is_wanted(struct str fields, const char *name)
{
	if (str_is_null(fields))
		return true;
	while (!str_is_null(fields)) {
		struct str field = str_trim(str_cut(&fields, ','));

		if (str_eq(field, STR("*")) ||
		    str_eq_nocase(field, str_of(name)))
			return true;
	}
	return false;
}

static void
put_type(struct buf *b, const struct service_type *type, struct str fields)
{
	const struct {
		const char *name;
		const char *value;
	} texts[] = {
		{ "name", type->name },
		{ "label", type->label },
		{ "description", type->description },
		{ "group", type->group },
		{ "dependencies_required", NULL },
		{ "subscription_required", NULL },
	};

	buf_put_char(b, '{');
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (is_wanted(fields, texts[i].name))
			put_text(b, texts[i].name, str_of(texts[i].value));
	}
	if (is_wanted(fields, "singleton"))
		put_bool(b, "singleton", type->is_single);
	if (is_wanted(fields, "service_definition_editable"))
		put_bool(b, "service_definition_editable", false);
	if (is_wanted(fields, "config_schema"))
		put_schema(b, type);
	buf_put_char(b, '}');
}

static void
list_put(struct account_call *c)
{
	struct buf *b = &c->req->response.build;
	struct str group = request_query(c->req, STR("group"));
	struct str fields = request_query(c->req, STR("fields"));
	bool bare = request_asks(c->req, "as_list");
	size_t n = 0;

	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; service_types[i] != NULL; i++) {
		const struct service_type *type = service_types[i];

		if (group.n > 0 && !str_eq_nocase(group, str_of(type->group)))
			continue;
		if (n++ > 0)
			buf_put_char(b, ',');
		if (bare)
			json_put_str(b, str_of(type->name));
		else
			put_type(b, type, fields);
	}
	buf_put_lit(b, "]}");
	account_answer(c);
}

void
service_types_handle(struct account_call *c)
{
	struct request *req = c->req;
	const struct service_type *type;

	if (!account_allows(req, METHOD_GET))
		return;
	if (req->n_segments == 1) {
		list_put(c);
		return;
	}
	if (req->n_segments > 2) {
		records_unknown(req);
		return;
	}
	type = service_type_find(req->segment[1]);
	if (type == NULL) {
		response_fail(req, 404,
		    "Record with identifier '%.*s' not found.",
		    STR_ARG(req->segment[1]));
		return;
	}
	put_type(&req->response.build, type, request_query(req, STR("fields")));
	account_answer(c);
}
