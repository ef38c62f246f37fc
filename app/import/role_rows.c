#include "app/import/role_rows.h"

#include "app/base/arena.h"
#include "app/import/import.h"
#include "middleware/registry/grant_records.h"
#include "middleware/registry/words.h"

enum cell {
	ID,
	ROLE,
	SERVICE,
	COMPONENT,
	VERBS,
	REQUESTORS,
	FILTERS,
	FILTER_OP
};

#define VERBS_KNOWN      31
#define REQUESTORS_KNOWN 3

struct rows {
	struct import *imp;
	struct str role;
	struct grant_order *list;
	size_t n;
	bool is_wider;
};

static struct str
row_name(const struct rows *r, struct str service, struct str component)
{
	return arena_printf(r->imp->arena, "%.*s: %.*s/%.*s", STR_ARG(r->role),
	    STR_ARG(service), STR_ARG(component));
}

static void
left(struct rows *r, const struct grant_order *g, const char *why)
{
	bool is_exact = str_find(g->component, '*') == g->component.n;

	report_left(&r->imp->report, "access",
	    row_name(r, g->service, g->component), "%s", why);
	if (is_exact || !str_is_null(g->filters))
		r->is_wider = true;
}

static struct str
filters_of(struct str cell)
{
	static const char *const none[] = { "", "null", "[]", "{}", "\"\"" };

	cell = str_trim(cell);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (str_eq(cell, str_of(none[i])))
			return STR_NULL;
	}
	return cell;
}

static bool
is_same_row(const struct grant_order *a, const struct grant_order *b)
{
	return str_eq(a->service, b->service) &&
	       str_eq_nocase(a->component, b->component) &&
	       a->requestor_mask == b->requestor_mask;
}

static bool
is_same_filter(const struct grant_order *a, const struct grant_order *b)
{
	return str_eq(a->filters, b->filters) &&
	       (str_is_null(a->filters) ||
		   str_eq_nocase(a->filter_op, b->filter_op));
}

/* There, the masks of two rows about the same thing are one. */
static void
row_add(struct rows *r, const struct grant_order *order)
{
	for (size_t i = 0; i < r->n; i++) {
		struct grant_order *g = &r->list[i];

		if (!is_same_row(g, order))
			continue;
		if (is_same_filter(g, order)) {
			g->verb_mask |= order->verb_mask;
			return;
		}
		left(r, order,
		    "another row of the role is about the same, "
		    "with other filters");
		r->is_wider = true;
		return;
	}
	r->list[r->n++] = *order;
}

static void
row_read(struct rows *r, const struct str *row)
{
	int64_t service_id = source_number(row[SERVICE]);
	const struct id_entry *service =
	    id_map_get(&r->imp->services, service_id);
	unsigned verbs = (unsigned)source_number(row[VERBS]);
	struct grant_order order = {
		.role = r->role,
		.service = service_id == 0 ? STR("*") : STR("?"),
		.component = component_trim(row[COMPONENT]),
		.verb_mask = verbs & VERBS_KNOWN,
		.requestor_mask =
		    (unsigned)source_number(row[REQUESTORS]) & REQUESTORS_KNOWN,
		.filters = filters_of(row[FILTERS]),
		.filter_op = row[FILTER_OP],
	};

	if (service_id != 0 && service == NULL) {
		report_left(&r->imp->report, "access",
		    row_name(r, STR("?"), order.component),
		    "its service, there with the id %lld, is not here",
		    (long long)service_id);
		return;
	}
	if (service != NULL)
		order.service = service->name;
	if (order.requestor_mask == 0) {
		report_left(&r->imp->report, "access",
		    row_name(r, order.service, order.component),
		    "it is for no requestor");
		return;
	}
	if (service == NULL)
		order.filters = STR_NULL; /* there as well, none applies */
	row_add(r, &order);
}

static enum status
row_put(struct rows *r, const struct grant_order *order, struct error *err)
{
	struct error why = { 0 };
	bool changed;
	enum status st = grant_record_put(r->imp->db, order, &changed, &why);

	if (st == ST_OK)
		report_brought(&r->imp->report, "access",
		    row_name(r, order->service, order->component));
	else if (import_may_leave(st))
		left(r, order, why.text);
	else
		return error_set(err, st, "%s", why.text);
	return ST_OK;
}

static size_t
rows_count(const struct source_rows *rows, struct str role_id)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += str_eq(source_row(rows, i)[ROLE], role_id) ? 1 : 0;
	return n;
}

enum status
role_rows_bring(struct import *imp, struct str name, struct str id,
    const struct source_rows *rows, bool *is_wider, struct error *err)
{
	struct rows r = { .imp = imp, .role = name };
	enum status st = ST_OK;

	r.list = arena_alloc(
	    imp->arena, (rows_count(rows, id) + 1) * sizeof(*r.list));
	report_begin(&imp->report);
	for (size_t i = 0; i < rows->n; i++) {
		if (str_eq(source_row(rows, i)[ROLE], id))
			row_read(&r, source_row(rows, i));
	}
	for (size_t i = 0; st == ST_OK && i < r.n; i++)
		st = row_put(&r, &r.list[i], err);
	*is_wider = r.is_wider;
	return st;
}
