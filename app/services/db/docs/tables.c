/* The calls on tables and their records. */
#include "app/services/db/db.h"
#include "app/services/db/docs/docs.h"
#include "app/services/db/docs/field.h"
#include "app/services/db/table_rights.h"
#include "app/services/docs/doc.h"
#include "middleware/request.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define SHOWN  "fields related"
#define MANY   SHOWN " continue rollback"
#define ERRORS (DOC_MISSING | DOC_TIMEOUT)
#define LIST   "{'anyOf':[@.list,@Condensed]}"

/* One record that is sent alone is answered so. */
#define WRITTEN "{'anyOf':[@.list,@.,@Condensed]}"

#define BODY(record)                                                           \
	"{'anyOf':[{'type':'object','required':['resource'],'properties':{"    \
	"'resource':{'type':'array','minItems':1,'items':" record "}}},"       \
	"{'type':'array','minItems':1,'items':" record "}," record "]}"

#define READ_PARAMETERS                                                        \
	"fields filter params related ids id_field order group having limit "  \
	"offset include_count count_only include_schema as_list wrap refresh " \
	"file IfNoneMatch CacheControl"

#define CHANGE_ABOUT                                                           \
	"Each record of the body names itself by its key; or one record is "   \
	"meant for all that ids or filter name. What is not sent stays."

static const struct doc_operation of_table[] = {
	{ .method = METHOD_GET,
	    .name = "list",
	    .summary = "Read records of %",
	    .parameters = READ_PARAMETERS,
	    .answer = LIST,
	    .errors = ERRORS,
	    .has_rows = true,
	    .is_cached = true },
	{ .method = METHOD_POST,
	    .name = "create",
	    .summary = "Make records of %",
	    .about =
		"The answer has their keys, or what fields and related ask "
		"for. A failure of one record among several is 400 with "
		"the code 1000.",
	    .parameters = MANY " allow_related_delete wrap as_list",
	    .body = BODY("@.new"),
	    .body_csv = true,
	    .answer = WRITTEN,
	    .errors = ERRORS | DOC_CONFLICT,
	    .has_rows = true },
	{ .method = METHOD_PUT,
	    .name = "replace",
	    .summary = "Change records of %",
	    .about = CHANGE_ABOUT,
	    .parameters = MANY " filter params ids id_field "
			       "allow_related_delete wrap as_list",
	    .body = BODY("@.fields"),
	    .body_csv = true,
	    .answer = WRITTEN,
	    .errors = ERRORS | DOC_CONFLICT,
	    .has_rows = true },
	{ .method = METHOD_PATCH,
	    .name = "update",
	    .summary = "Change records of %",
	    .about = CHANGE_ABOUT,
	    .parameters = MANY " filter params ids id_field "
			       "allow_related_delete wrap as_list",
	    .body = BODY("@.fields"),
	    .body_csv = true,
	    .answer = WRITTEN,
	    .errors = ERRORS | DOC_CONFLICT,
	    .has_rows = true },
	{ .method = METHOD_DELETE,
	    .name = "remove",
	    .summary = "Delete records of %",
	    .about = "Those that ids, filter or the body name, or with force "
		     "all; with none of these 400.",
	    .parameters = MANY " filter params ids id_field force wrap as_list",
	    .body = BODY("{'type':'object'}"),
	    .answer = "{'anyOf':[@.list,@Success,@Condensed]}",
	    .errors = ERRORS | DOC_CONFLICT,
	    .has_rows = true },
};

#define OF_RECORD(verb, id, text)                                              \
	{                                                                      \
		.method = (verb), .name = (id), .summary = (text),             \
		.about = "What is not sent stays; the answer has the key, or " \
			 "what fields and related ask for.",                   \
		.parameters = SHOWN " id_field allow_related_delete IfMatch",  \
		.body = "@.fields", .answer = "@.",                            \
		.errors = ERRORS | DOC_CONFLICT | DOC_PRECONDITION,            \
		.has_rows = true                                               \
	}

static const struct doc_operation of_record[] = {
	{ .method = METHOD_GET,
	    .name = "get",
	    .summary = "Read a record of %",
	    .parameters = SHOWN " id_field refresh file IfNoneMatch "
				"CacheControl",
	    .answer = "@.",
	    .errors = ERRORS,
	    .has_rows = true,
	    .is_cached = true },
	OF_RECORD(METHOD_PUT, "replaceOne", "Change a record of %"),
	OF_RECORD(METHOD_PATCH, "updateOne", "Change a record of %"),
	{ .method = METHOD_DELETE,
	    .name = "removeOne",
	    .summary = "Delete a record of %",
	    .about = "The answer has its key, or what fields and related show "
		     "of it as it was.",
	    .parameters = SHOWN " id_field IfMatch",
	    .answer = "@.",
	    .errors = ERRORS | DOC_CONFLICT | DOC_PRECONDITION,
	    .has_rows = true },
};

static const struct doc_operation of_tables = {
	.method = METHOD_GET,
	.name = "tables",
	.summary = "The tables of % that the role may do anything with",
	.parameters = "member_fields table_ids include_access as_list "
		      "as_access_list wrap look IfNoneMatch",
	.answer = "@Names",
	.errors = DOC_MISSING,
	.has_rows = true,
	.is_cached = true,
};

/* A name by commas? */
static bool
is_named(struct str list, struct str name)
{
	while (!str_is_null(list)) {
		if (str_eq_nocase(str_trim(str_cut(&list, ',')), name))
			return true;
	}
	return false;
}

static struct str
component_of(struct doc *d, const struct db_table *table)
{
	return arena_printf(d->req->arena, "_table/%.*s", STR_ARG(table->name));
}

static bool
may_any(struct doc *d, struct str component)
{
	static const unsigned all[] = { METHOD_GET, METHOD_POST, METHOD_PUT,
		METHOD_PATCH, METHOD_DELETE };

	for (size_t i = 0; i < LENGTH(all); i++) {
		if (doc_may(d, component, all[i]))
			return true;
	}
	return false;
}

/* Any right, to the table or to a record by its identifier. */
bool
docs_has_table(struct doc *d, const struct db_table *table)
{
	struct str list = component_of(d, table);
	struct str prefix = arena_printf(d->req->arena, "%.*s/", STR_ARG(list));
	struct doc_place *places;
	size_t n;

	if (!docs_has_path(table->name) ||
	    (!str_is_null(d->tables) && !is_named(d->tables, table->name)) ||
	    (!str_is_null(d->resource) &&
		!str_eq_nocase(d->resource, STR("_table"))))
		return false;
	if (may_any(d, list))
		return true;
	places = doc_places(d, prefix, "id", &n);
	for (size_t i = 0; i < n; i++) {
		if (may_any(d, places[i].component))
			return true;
	}
	return false;
}

/* Who may write does so where the service and the table allow it. */
static size_t
offered(
    const struct db_service *service, const struct db_table *table, size_t n)
{
	return service->config.read_only || table->is_view ? 1 : n;
}

/* The key of one column by its type; of several they stand in parentheses. */
static void
put_id(struct doc *d, const struct db_table *table)
{
	struct buf schema = buf_in(d->req->arena);

	if (table->n_key == 1)
		docs_field(d, &schema, table, table->key[0], true);
	else
		buf_put_lit(&schema, "{\"type\":\"string\"}");
	doc_own_json(d, "id", buf_str(&schema),
	    table->n_key > 1
		? "The values of the key in its order, as in (1,2)."
		: "The identifier of the record.");
}

static void
put_records(struct doc *d, const struct db_service *service,
    const struct db_table *table)
{
	struct str prefix = arena_printf(
	    d->req->arena, "%.*s/", STR_ARG(component_of(d, table)));
	size_t n;
	struct doc_place *places = doc_places(d, prefix, "id", &n);

	for (size_t i = 0; i < n; i++) {
		doc_path(d, places[i].path);
		if (places[i].is_open)
			put_id(d, table);
		d->suffix = i == 0 ? STR("") : places[i].component;
		doc_operations(d, places[i].component, of_record,
		    offered(service, table, LENGTH(of_record)));
	}
	d->suffix = STR("");
}

static void
put_table(struct doc *d, const struct db_service *service,
    const struct db_table *table)
{
	struct buf path = buf_in(d->req->arena);

	doc_subject(d, table->name);
	buf_put_lit(&path, "/_table/");
	doc_piece(&path, table->name, false);
	doc_path(d, buf_str(&path));
	doc_operations(d, component_of(d, table), of_table,
	    offered(service, table, LENGTH(of_table)));
	if (table->n_key > 0)
		put_records(d, service, table);
	docs_record(d, service, table);
}

void
docs_tables(struct doc *d, const struct db_service *service)
{
	const struct catalog *c = &service->catalog;

	doc_path(d, STR("/_table"));
	doc_operation(d, STR("_table"), &of_tables);
	for (size_t i = 0; i < c->n_tables && !doc_is_over(d); i++) {
		if (docs_has_table(d, &c->tables[i]))
			put_table(d, service, &c->tables[i]);
	}
	doc_subject(d, STR(""));
}
