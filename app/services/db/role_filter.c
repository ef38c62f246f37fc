#include "app/services/db/role_filter.h"

#include "app/base/log.h"
#include "app/services/db/db.h"
#include "app/services/db/role_condition.h"
#include "drivers/db/catalog.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/request_lookup.h"

/* The front only plans what a worker will do: the worker says why not. */
static enum status
refuse(const struct request *req, const struct db_table *table,
    const struct error *why, struct error *err)
{
	if (req->may_block)
		log_line(LOG_WARNING, req->id,
		    "service %.*s: role %.*s: its row filters cannot be "
		    "applied to %.*s: %s",
		    STR_ARG(req->service->name), STR_ARG(req->role->name),
		    STR_ARG(table->name), why->text);
	return error_set(err, ST_DENIED,
	    "The row filters of the role cannot be applied to '%.*s'.",
	    STR_ARG(table->name));
}

static enum status
make(struct request *req, const struct role_rows *rows,
    const struct row_filters *filters, const struct condition **out,
    struct error *err)
{
	const struct db_service *service = req->service->instance;
	struct condition *condition =
	    arena_alloc(req->arena, sizeof(*condition));
	struct error why = { .text = "" };
	enum status st;
	struct lookup_source lookups = request_lookups(req);
	struct role_condition_order order = {
		.filters = filters,
		.table = rows->table,
		.quote = service->driver->quote,
		.alias = rows->alias,
		.lookups = &lookups,
	};

	*out = condition;
	st = role_condition_make(req->arena, &order, condition, &why);
	if (st == ST_OK)
		return st;
	req->wants_user |= st == ST_MISSING && req->principal == NULL;
	return refuse(req, rows->table, &why, err);
}

static unsigned
verb_of(const struct role_rows *rows)
{
	return rows->verb == METHOD_HEAD ? METHOD_GET : rows->verb;
}

static const struct row_filters *
filters_of(const struct request *req, struct str component,
    const struct role_rows *rows)
{
	return access_filters(
	    req->role, req->service->id, component, verb_of(rows));
}

/* A slash ends a name in a path and in a component: no row can mean it. */
static bool
allows(const struct request *req, struct str component,
    const struct role_rows *rows)
{
	struct str name = rows->table->name;

	return str_find(name, '/') == name.n &&
	       (access_verbs(
		    req->role, req->service->id, component, REQUESTOR_API) &
		   verb_of(rows)) != 0;
}

static enum status
component_rows(struct request *req, struct str component,
    const struct role_rows *rows, const struct condition **out,
    struct error *err)
{
	const struct row_filters *filters = filters_of(req, component, rows);

	*out = NULL;
	return filters == NULL ? ST_OK : make(req, rows, filters, out, err);
}

enum status
role_filter_path(struct request *req, const struct role_rows *rows,
    const struct condition **out, struct error *err)
{
	*out = NULL;
	if (req->role == NULL)
		return ST_OK;
	return component_rows(req, req->resource, rows, out, err);
}

enum status
role_filter_read_too(struct request *req, const struct db_table *table,
    const struct condition **role, struct error *err)
{
	struct role_rows written = { .table = table, .verb = req->method };
	struct role_rows read = { .table = table, .verb = METHOD_GET };
	const struct condition *also;
	enum status st;

	if (req->role == NULL || filters_of(req, req->resource, &written) ==
				     filters_of(req, req->resource, &read))
		return ST_OK;
	st = role_filter_path(req, &read, &also, err);
	if (st == ST_OK)
		*role = role_condition_both(req->arena, *role, also);
	return st;
}

enum status
role_filter_get(struct request *req, const struct db_table *table,
    const struct condition **out, struct error *err)
{
	struct role_rows read = { .table = table, .verb = METHOD_GET };

	if (req->role != NULL && !allows(req, req->resource, &read))
		return error_set(err, ST_DENIED,
		    "The role may not read '%.*s'.", STR_ARG(table->name));
	return role_filter_path(req, &read, out, err);
}

enum status
role_filter_table(struct request *req, const struct role_rows *rows,
    const struct condition **out, struct error *err)
{
	struct str component =
	    arena_printf(req->arena, "_table/%.*s", STR_ARG(rows->table->name));

	*out = NULL;
	if (req->role == NULL)
		return ST_OK;
	if (!allows(req, component, rows))
		return error_set(err, ST_DENIED,
		    "The role may not do that with '%.*s'.",
		    STR_ARG(rows->table->name));
	return component_rows(req, component, rows, out, err);
}
