/* The calls of procedures and functions: those that there are, by their names,
 * as the database says. While it cannot be asked they have any name. */
#include "app/base/jsonmember.h"
#include "app/base/log.h"
#include "app/services/db/docs/docs.h"
#include "app/services/db/docs/field.h"
#include "app/services/db/routine/routine.h"
#include "app/services/docs/doc.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define LISTED(id, text)                                                       \
	{                                                                      \
		.method = METHOD_GET, .name = (id), .summary = (text),         \
		.parameters = "type_fields table_ids as_list "                 \
			      "as_access_list wrap IfNoneMatch",               \
		.answer = "@ObjectsOrNames",                                   \
		.errors = DOC_MISSING | DOC_TIMEOUT, .has_rows = true          \
	}

#define CALL(verb, id, text, given)                                            \
	{                                                                      \
		.method = (verb), .name = (id), .summary = (text),             \
		.parameters = (given),                                         \
		.answer = "{'description':'What it returns: rows in resource " \
			  "beside what goes out, or the value of a "           \
			  "function.'}",                                       \
		.errors = DOC_MISSING | DOC_TIMEOUT, .is_once = true           \
	}

static const struct kind {
	const char *name; /* of the resource */
	const char *path;
	enum routine_kind kind;
	struct doc_operation list;
	struct doc_operation calls[2];
} kinds[] = {
	{ "_proc", "/_proc", ROUTINE_PROCEDURE,
	    LISTED("list", "The procedures that the role may do anything with"),
	    { CALL(METHOD_GET, "call", "Call a procedure", "routine_params"),
		CALL(METHOD_POST, "callWith", "Call a procedure", NULL) } },
	{ "_func", "/_func", ROUTINE_FUNCTION,
	    LISTED("list", "The functions that the role may do anything with"),
	    { CALL(METHOD_GET, "call", "Call a function", "routine_params"),
		CALL(METHOD_POST, "callWith", "Call a function", NULL) } },
};

static bool
routines_read(struct doc *d, const struct db_service *service,
    const struct kind *kind, struct routines *out)
{
	struct routine_call call = {
		.req = d->req, .service = service, .kind = kind->kind
	};
	struct error err = { .text = "" };
	enum status st = routine_take(&call, &err);

	if (st == ST_OK)
		st = routine_read(&call, STR_NULL, out, &err);
	routine_give(&call);
	if (st != ST_OK)
		log_line(LOG_WARNING, d->req->id,
		    "service %.*s: its routines are not in the document: %s",
		    STR_ARG(d->service->name), err.text);
	return st == ST_OK;
}

/* The parameters that a call may give; others come back. */
static void
put_params(struct doc *d, const struct routine *routine)
{
	static const struct db_table none = { .n_columns = 0 };
	struct buf *out = &d->schemas;

	doc_schema(d, "call");
	buf_put_lit(out,
	    "{\"type\":\"object\",\"properties\":{\"params\":{\"type\":"
	    "\"object\",\"properties\":{");
	for (size_t i = 0; i < routine->n_params; i++) {
		const struct routine_param *p = &routine->params[i];

		if (p->mode == ROUTINE_OUT)
			continue;
		json_put_name(out, p->column.name);
		docs_field(d, out, &none, &p->column, true);
	}
	doc_text(d, out,
	    "}},'wrapper':{'type':'string'},'returns':{'type':'string'},"
	    "'schema':{'type':'object'}}}");
}

static bool
has_path(struct str name)
{
	return docs_has_path(name) && str_find(name, '(') == name.n;
}

static void
put_routine(
    struct doc *d, const struct kind *kind, const struct routine *routine)
{
	struct str component = arena_printf(
	    d->req->arena, "%s/%.*s", kind->name, STR_ARG(routine->name));
	struct buf path = buf_in(d->req->arena);

	buf_printf(&path, "%s/", kind->path);
	doc_piece(&path, routine->name, false);
	doc_subject(d, component);
	doc_path(d, buf_str(&path));
	for (size_t i = 0; i < LENGTH(kind->calls); i++) {
		struct doc_operation call = kind->calls[i];

		if (routine->comment.n > 0)
			call.about = arena_printf(
			    d->req->arena, "%.*s", STR_ARG(routine->comment))
					 .p;
		if (call.method == METHOD_POST)
			call.body = "@.call";
		doc_operation(d, component, &call);
	}
	if ((d->wanted & DOC_CALL) != 0)
		put_params(d, routine);
}

/* Those of any name that the role may call. */
static void
put_places(struct doc *d, const struct kind *kind)
{
	struct str prefix = arena_printf(d->req->arena, "%s/", kind->name);
	struct doc_operation with = kind->calls[1];
	size_t n;
	struct doc_place *places = doc_places(d, prefix, "name", &n);

	with.body = "@RoutineCall";
	for (size_t i = 0; i < n; i++) {
		doc_path(d, places[i].path);
		if (places[i].is_open)
			doc_own(d, "name", "{'type':'string'}",
			    "The name of the routine.");
		d->suffix = i == 0 ? STR("") : places[i].component;
		doc_operation(d, places[i].component, &kind->calls[0]);
		doc_operation(d, places[i].component, &with);
	}
	d->suffix = STR("");
}

static void
put_kind(
    struct doc *d, const struct db_service *service, const struct kind *kind)
{
	struct routines routines = { .n = 0 };

	doc_subject(d, str_of(kind->name));
	doc_path(d, str_of(kind->path));
	doc_operation(d, str_of(kind->name), &kind->list);
	if (service->config.read_only)
		return;
	if (!routines_read(d, service, kind, &routines)) {
		put_places(d, kind);
		return;
	}
	for (size_t i = 0; i < routines.n && !doc_is_over(d); i++) {
		if (has_path(routines.list[i].name))
			put_routine(d, kind, &routines.list[i]);
	}
}

/* Does the document have anything of that kind? */
static bool
is_asked(const struct doc *d, const struct kind *kind)
{
	return str_is_null(d->resource) ||
	       str_eq_nocase(d->resource, str_of(kind->name));
}

void
docs_routines(struct doc *d, const struct db_service *service)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		if (service->driver->call != NULL && is_asked(d, &kinds[i]))
			put_kind(d, service, &kinds[i]);
	}
	doc_subject(d, STR(""));
}
