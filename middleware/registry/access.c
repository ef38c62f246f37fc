#include "middleware/registry/access.h"

#include "middleware/request.h"
#include "middleware/service.h"

/* The first class that holds any row decides. */
enum row_class { CLASS_EXACT, CLASS_WILDCARD, CLASS_ALL_SERVICES, CLASS_NONE };

static bool
starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n &&
	       str_eq_nocase(str_make(s.p, prefix.n), prefix);
}

struct str
access_component(const struct service_type *type, struct str resource)
{
	if (type == NULL || !type->has_calls)
		return resource;
	while (resource.n > 0 && resource.p[0] == '/')
		resource = str_skip(resource, 1);
	if (starts_nocase(resource, STR("_proc/")) ||
	    starts_nocase(resource, STR("_func/")))
		resource.n = str_find(resource, '(');
	return resource;
}

/* What rows are compared with: no slash at either end. */
static struct str
component_of(struct str resource)
{
	while (resource.n > 0 && resource.p[0] == '/')
		resource = str_skip(resource, 1);
	while (resource.n > 0 && resource.p[resource.n - 1] == '/')
		resource.n--;
	return resource;
}

/* "a/b*" takes what begins so, "a/" followed by "*" takes "a" as well. */
static bool
wildcard_takes(struct str pattern, struct str component)
{
	size_t star = str_find(pattern, '*');
	struct str prefix = str_make(pattern.p, star);

	if (star + 1 != pattern.n)
		return false;
	if (starts_nocase(component, prefix))
		return true;
	return prefix.n == component.n + 1 && prefix.p[component.n] == '/' &&
	       starts_nocase(prefix, component);
}

static enum row_class
classify(const struct access *row, int64_t service_id, struct str component)
{
	if (row->service_id == 0) {
		if (str_eq(row->component, STR("*")))
			return CLASS_ALL_SERVICES;
		return row->component.n == 0 && component.n == 0
			   ? CLASS_ALL_SERVICES
			   : CLASS_NONE;
	}
	if (row->service_id != service_id)
		return CLASS_NONE;
	if (str_eq_nocase(row->component, component))
		return CLASS_EXACT;
	return wildcard_takes(row->component, component) ? CLASS_WILDCARD
							 : CLASS_NONE;
}

/* The class that decides, and the verbs of its rows. */
static enum row_class
rows_judge(const struct role *role, int64_t service_id, struct str component,
    unsigned requestor, unsigned *out)
{
	unsigned verbs[CLASS_NONE + 1] = { 0 };
	enum row_class best = CLASS_NONE;

	component = component_of(component);
	for (size_t i = 0; i < role->n_rows; i++) {
		const struct access *row = &role->rows[i];
		enum row_class class = classify(row, service_id, component);

		if ((row->requestor_mask & requestor) == 0 ||
		    class == CLASS_NONE)
			continue;
		verbs[class] |= row->verb_mask;
		if (class < best)
			best = class;
	}
	*out = verbs[best];
	return best;
}

unsigned
access_verbs(const struct role *role, int64_t service_id, struct str component,
    unsigned requestor)
{
	unsigned verbs;

	(void)rows_judge(role, service_id, component, requestor, &verbs);
	return verbs;
}

bool
access_rules(const struct role *role, int64_t service_id, struct str component,
    unsigned requestor)
{
	unsigned verbs;

	return rows_judge(role, service_id, component, requestor, &verbs) !=
	       CLASS_NONE;
}

bool
access_lists(const struct role *role, const struct service *service,
    struct str component)
{
	const struct service_type *type = service->type;

	return type != NULL && type->open_list != NULL &&
	       str_eq_nocase(component, str_of(type->open_list)) &&
	       access_reaches(role, service->id, METHOD_GET) &&
	       !access_rules(role, service->id, component, REQUESTOR_API);
}

bool
access_document(const struct role *role, const struct service *service)
{
	unsigned verbs;
	enum row_class class = rows_judge(
	    role, service->id, STR(ACCESS_DOCUMENT), REQUESTOR_API, &verbs);

	return class == CLASS_EXACT ? (verbs & METHOD_GET) != 0
				    : access_reaches(role, service->id, ~0u);
}

const struct row_filters *
access_filters(const struct role *role, int64_t service_id,
    struct str component, unsigned verb)
{
	const struct row_filters *filters = NULL;
	enum row_class best = CLASS_NONE;

	component = component_of(component);
	for (size_t i = 0; i < role->n_rows; i++) {
		const struct access *row = &role->rows[i];
		enum row_class class = classify(row, service_id, component);

		if ((row->requestor_mask & REQUESTOR_API) == 0 ||
		    (row->verb_mask & verb) == 0 || class == CLASS_NONE)
			continue;
		if (class <= best) {
			best = class;
			filters = row->filters;
		}
	}
	return filters;
}

bool
access_whole(const struct role *role, int64_t service_id, unsigned verbs)
{
	struct str all = STR("*");

	for (size_t i = 0; i < role->n_rows; i++) {
		const struct access *row = &role->rows[i];

		if ((row->requestor_mask & REQUESTOR_API) != 0 &&
		    row->service_id == service_id &&
		    ((row->verb_mask & verbs) != verbs || row->filters != NULL))
			return false;
	}
	return (access_verbs(role, service_id, all, REQUESTOR_API) & verbs) ==
		   verbs &&
	       access_filters(role, service_id, all, verbs) == NULL;
}

bool
access_reaches(const struct role *role, int64_t service_id, unsigned verbs)
{
	for (size_t i = 0; i < role->n_rows; i++) {
		const struct access *row = &role->rows[i];

		if ((row->requestor_mask & REQUESTOR_API) == 0 ||
		    (row->verb_mask & verbs) == 0)
			continue;
		if (row->service_id == service_id ||
		    classify(row, service_id, STR("")) == CLASS_ALL_SERVICES)
			return true;
	}
	return false;
}
