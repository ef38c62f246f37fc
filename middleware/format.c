#include "middleware/format.h"

#include "app/base/utf8.h"
#include "middleware/accept.h"
#include "middleware/convert.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

#define UNACCEPTABLE                                                           \
	"Content in response can not be resolved to acceptable content type: " \
	"it is application/json, text/csv or application/xml."
#define BAD_FILE                                                               \
	"Parameter 'file' must be a name that ends in .json, .csv or .xml."

static const struct {
	struct str name; /* in `accept`, and behind the dot of `file` */
	struct str type;
} formats[] = {
	[FORMAT_JSON] = { { "json", 4 }, { "application/json", 16 } },
	[FORMAT_CSV] = { { "csv", 3 }, { "text/csv; charset=utf-8", 23 } },
	[FORMAT_XML] = { { "xml", 3 }, { "application/xml", 15 } },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* What the formats are asked by; of equals the first. */
static const struct str types[] = { { "application/json", 16 },
	{ "text/csv", 8 }, { "application/xml", 15 }, { "text/xml", 8 } };
static const enum format formats_of_types[] = { FORMAT_JSON, FORMAT_CSV,
	FORMAT_XML, FORMAT_XML };

#define TYPES (sizeof(types) / sizeof(types[0]))

struct str
format_name(enum format format)
{
	return formats[format].name;
}

struct str
format_type(enum format format)
{
	return formats[format].type;
}

static bool
find_named(struct str name, enum format *out)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (str_eq_nocase(name, formats[i].name)) {
			*out = (enum format)i;
			return true;
		}
	}
	return false;
}

/* Who can read JSON by another name, or text, is answered in JSON; problem+json
 * is about errors alone. */
static bool
takes_json_too(struct str field)
{
	while (field.p != NULL) {
		struct str params = str_cut(&field, ',');
		struct str range = str_trim(str_cut(&params, ';'));

		if (str_ends(range, STR("json")) ||
		    str_eq_nocase(range, STR("text/plain")))
			return true;
	}
	return false;
}

static void
choose_by_field(struct format_choice *choice, struct str field)
{
	size_t best;

	/* What most clients send. */
	if (str_eq(field, STR("*/*")) || str_eq(field, types[0]))
		return;
	best = accept_best(field, types, TYPES);
	if (best < TYPES)
		choice->format = formats_of_types[best];
	else if (!takes_json_too(field))
		choice->fault = UNACCEPTABLE;
}

/* As with the parameters of tables, the case of the name does not matter. */
static struct str
parameter(const struct request *req, struct str name)
{
	for (size_t i = 0; i < req->query.n; i++) {
		if (str_eq_nocase(req->query.list[i].name, name))
			return str_trim(req->query.list[i].value);
	}
	return STR_NULL;
}

static void
choose_by_accept(struct format_choice *choice, const struct request *req)
{
	struct str given = parameter(req, STR("accept"));
	struct str field = req->param[PARAM_ACCEPT];

	if (given.n > 0 && !find_named(given, &choice->format))
		choose_by_field(choice, given);
	else if (given.n == 0 && str_trim(field).n > 0)
		choose_by_field(choice, field);
}

/* The last piece of what was asked for; of the service itself its name. */
static struct str
resource_name(const struct request *req)
{
	struct str rest = req->resource;
	struct str name = req->service_name;

	while (rest.n > 0)
		name = str_cut(&rest, '/');
	return name;
}

/* Behind the last dot; STR_NULL: there is none. */
static struct str
extension(struct str name)
{
	size_t at = name.n;

	while (at > 0 && name.p[at - 1] != '.')
		at--;
	return at == 0 ? STR_NULL : str_skip(name, at);
}

/* A name alone is no order, but for "true" (dreamfactory.md 1.6). */
static bool
choose_by_file(struct format_choice *choice, struct request *req)
{
	struct str file = parameter(req, STR("file"));
	struct str ending = extension(file);

	if (str_is_null(ending)) {
		if (!str_to_bool(file))
			return false;
		choice->file = arena_printf(
		    req->arena, "%.*s.json", STR_ARG(resource_name(req)));
		return true;
	}
	choice->file = file;
	if (!find_named(ending, &choice->format))
		choice->fault = BAD_FILE;
	return true;
}

const struct format_choice *
format_of(struct request *req)
{
	struct format_choice *choice = &req->format;

	if (choice->made)
		return choice;
	choice->made = true;
	if (!choose_by_file(choice, req))
		choose_by_accept(choice, req);
	return choice;
}

bool
format_is_verbatim(const struct request *req)
{
	const struct service *service = req->service;

	return service != NULL && service->type != NULL &&
	       service->type->is_verbatim != NULL &&
	       service->type->is_verbatim(req);
}

bool
format_converts(struct request *req)
{
	return format_of(req)->format != FORMAT_JSON &&
	       !req->response.content.has_tag &&
	       str_eq(req->response.type, format_type(FORMAT_JSON));
}

/* The columns of an error are its own members (dreamfactory.md 1.6). */
static struct str
convertible(struct request *req)
{
	struct str body = response_body(&req->response);
	size_t around = sizeof("{\"error\":") - 1;

	if (!req->response.is_error || format_of(req)->format != FORMAT_CSV)
		return body;
	return str_make(body.p + around, body.n - around - 1);
}

void
format_apply(struct request *req)
{
	struct response *res = &req->response;
	struct buf out = buf_in(req->arena);
	struct convert convert;

	if (res->streamed || !format_converts(req))
		return;
	convert_open(&convert, format_of(req)->format, &out);
	convert.no_records = res->columns;
	convert_put(&convert, convertible(req));
	convert_end(&convert);
	convert_close(&convert);
	res->build = out;
	res->body = STR_NULL;
	res->type = format_type(format_of(req)->format);
}
