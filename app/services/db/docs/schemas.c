/*
 * The calls on the schema. Which tables an operation is about, its parameter
 * `table` lists: they are the same for all of them but in what the role may.
 */
#include "app/services/db/db.h"
#include "app/services/db/docs/docs.h"
#include "app/services/docs/doc.h"
#include "middleware/request.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define ERRORS  (DOC_MISSING | DOC_TIMEOUT)
#define CHANGES (ERRORS | DOC_CONFLICT | DOC_UNSUPPORTED)

static const struct doc_operation of_schema[] = {
	{ .method = METHOD_GET,
	    .name = "list",
	    .summary = "The tables whose schema the role may see",
	    .about = "With ids they are described, with all of their fields.",
	    .parameters = "member_fields table_ids include_access as_list "
			  "as_access_list wrap look IfNoneMatch",
	    .answer = "@Names",
	    .errors = ERRORS,
	    .has_rows = true,
	    .is_cached = true },
	{ .method = METHOD_POST,
	    .name = "create",
	    .summary = "Make tables",
	    .about = "One that there is gets the fields that it does not have, "
		     "unless check_exist. At most 100 tables.",
	    .parameters = "type_fields check_exist",
	    .body = "@Tables",
	    .answer = "@DescribedOrNames",
	    .errors = CHANGES },
	{ .method = METHOD_PUT,
	    .name = "replace",
	    .summary = "Change tables, and make those that there are not",
	    .parameters = "type_fields",
	    .body = "@Tables",
	    .answer = "@DescribedOrNames",
	    .errors = CHANGES },
	{ .method = METHOD_PATCH,
	    .name = "update",
	    .summary = "Change tables, and make those that there are not",
	    .parameters = "type_fields",
	    .body = "@Tables",
	    .answer = "@DescribedOrNames",
	    .errors = CHANGES },
	{ .method = METHOD_DELETE,
	    .name = "remove",
	    .summary = "Drop tables with all their records",
	    .parameters = "table_ids_all",
	    .answer = "{'anyOf':[@DescribedOrNames,@Success]}",
	    .errors = CHANGES },
};

#define CHANGE(verb, id, text, what, returns)                                  \
	{                                                                      \
		.method = (verb), .name = (id), .summary = (text),             \
		.parameters = "type_fields", .body = (what),                   \
		.answer = (returns), .errors = CHANGES                         \
	}

#define DESCRIBE(id, text, returns, more)                                      \
	{                                                                      \
		.method = METHOD_GET, .name = (id), .summary = (text),         \
		.parameters = more "look IfNoneMatch", .answer = (returns),    \
		.errors = ERRORS, .has_rows = true, .is_cached = true          \
	}

#define DROP(id, text, more)                                                   \
	{                                                                      \
		.method = METHOD_DELETE, .name = (id), .summary = (text),      \
		.parameters = (more),                                          \
		.answer = "{'anyOf':[@Success,@Described,@DescribedOrNames]}", \
		.errors = CHANGES                                              \
	}

/* Paths below _schema, "%" for the table, and what may be done there. */
static const struct place {
	const char *path;
	const char *below; /* of the component, behind the table */
	const char *last;  /* the parameter at its end; or NULL */
	const char *about; /* of it */
	struct doc_operation operations[5];
} places[] = {
	{ "/_schema/{table}", "", NULL, NULL,
	    {
		DESCRIBE("describe", "Describe a table", "@Described", ""),
		CHANGE(METHOD_POST, "createOne", "Make a table", "@Table",
		    "@Described"),
		CHANGE(METHOD_PUT, "replaceOne", "Change a table", "@Table",
		    "@Described"),
		CHANGE(METHOD_PATCH, "updateOne", "Change a table", "@Table",
		    "@Described"),
		DROP("drop", "Drop a table with all its records", NULL),
	    } },
	{ "/_schema/{table}/_field", "/_field", NULL, NULL,
	    {
		DESCRIBE("fields", "Describe the fields of a table",
		    "@DescribedOrNames", "table_ids as_list wrap "),
		CHANGE(METHOD_POST, "createFields", "Make fields", "@Fields",
		    "@DescribedOrNames"),
		CHANGE(METHOD_PUT, "replaceFields", "Change fields", "@Fields",
		    "@DescribedOrNames"),
		CHANGE(METHOD_PATCH, "updateFields", "Change fields", "@Fields",
		    "@DescribedOrNames"),
		DROP("dropFields", "Drop fields with what is in them",
		    "table_ids_all"),
	    } },
	{ "/_schema/{table}/_field/{field}", "/_field/{field}", "field",
	    "The name of a field.",
	    {
		DESCRIBE("field", "Describe a field", "@Described", ""),
		CHANGE(METHOD_POST, "createField", "Make a field", "@Field",
		    "@Described"),
		CHANGE(METHOD_PUT, "replaceField", "Change a field", "@Field",
		    "@Described"),
		CHANGE(METHOD_PATCH, "updateField", "Change a field", "@Field",
		    "@Described"),
		DROP("dropField", "Drop a field with what is in it", NULL),
	    } },
	{ "/_schema/{table}/_related", "/_related", NULL, NULL,
	    {
		DESCRIBE("relations", "Describe the relations of a table",
		    "@DescribedOrNames", "table_ids as_list wrap "),
	    } },
	{ "/_schema/{table}/_related/{relation}", "/_related/{relation}",
	    "relation", "The name of a relation.",
	    {
		DESCRIBE("relation", "Describe a relation", "@Described", ""),
	    } },
};

static struct str
component_of(struct doc *d, struct str table, const char *below)
{
	return arena_printf(
	    d->req->arena, "_schema/%.*s%s", STR_ARG(table), below);
}

static bool
is_meant(struct doc *d, const struct db_table *table)
{
	struct str rest = d->tables;

	if (!docs_has_path(table->name))
		return false;
	if (str_is_null(rest))
		return true;
	while (!str_is_null(rest)) {
		if (str_eq_nocase(str_trim(str_cut(&rest, ',')), table->name))
			return true;
	}
	return false;
}

/* The tables on which the role may do that. */
static size_t
tables_of(struct doc *d, const struct db_service *service,
    const struct place *place, const struct doc_operation *operation,
    struct str *list)
{
	const struct catalog *c = &service->catalog;
	size_t n = 0;

	for (size_t i = 0; i < c->n_tables; i++) {
		struct str name = c->tables[i].name;

		if (is_meant(d, &c->tables[i]) &&
		    doc_allows(
			d, component_of(d, name, place->below), operation))
			list[n++] = name;
	}
	return n;
}

static void
put_operation(struct doc *d, const struct db_service *service,
    const struct place *place, const struct doc_operation *operation)
{
	struct str *list = arena_alloc(
	    d->req->arena, (service->catalog.n_tables + 1) * sizeof(list[0]));
	struct str any = STR("{table}");
	size_t n = tables_of(d, service, place, operation, list);
	/* A new table has any name, where one is made. */
	bool makes = place->below[0] == '\0' && operation->body != NULL &&
		     str_is_null(d->tables) &&
		     doc_allows(d, component_of(d, any, ""), operation);

	if (n == 0 && !makes)
		return;
	doc_own_none(d);
	if (makes)
		doc_own(d, "table",
		    "{'type':'string','maxLength':64,'example':'todo'}",
		    "The name of a table.");
	else
		doc_own_choice(d, "table", list, n, "The name of a table.");
	if (place->last != NULL)
		doc_own(d, place->last, "{'type':'string'}", place->about);
	doc_operation(
	    d, component_of(d, makes ? any : list[0], place->below), operation);
}

void
docs_schemas(struct doc *d, const struct db_service *service)
{
	size_t offered = service->config.read_only ? 1 : LENGTH(of_schema);

	doc_subject(d, STR("_schema"));
	doc_path(d, STR("/_schema"));
	doc_operations(d, STR("_schema"), of_schema, offered);
	for (size_t i = 0; i < LENGTH(places); i++) {
		doc_path(d, str_of(places[i].path));
		for (size_t k = 0; k < offered; k++) {
			if (places[i].operations[k].name != NULL)
				put_operation(d, service, &places[i],
				    &places[i].operations[k]);
		}
	}
	doc_subject(d, STR(""));
}
