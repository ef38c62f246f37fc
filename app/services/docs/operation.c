/* Operations of a document: those that the role of the caller may do. */
#include "app/base/jsonmember.h"
#include "app/services/docs/doc.h"
#include "app/services/docs/shared.h"
#include "middleware/registry/access.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

/* Does the type let everybody in to that? */
static bool
is_open(const struct doc *d, struct str component, unsigned method)
{
	const struct service_type *type = d->service->type;

	if (type->entrance == NULL)
		return false;
	d->probe->resource = component;
	d->probe->method = (enum method)method;
	return type->entrance(d->probe) != ENTRANCE_ROLE;
}

/* What needs no row of its own. */
static bool
is_told_anyway(const struct doc *d, struct str component, unsigned method)
{
	if (method != METHOD_GET)
		return false;
	return str_eq(component, STR(ACCESS_DOCUMENT))
		   ? access_document(d->req->role, d->service)
		   : access_lists(d->req->role, d->service, component);
}

bool
doc_may(const struct doc *d, struct str component, unsigned method)
{
	unsigned verbs = access_verbs(
	    d->req->role, d->service->id, component, REQUESTOR_API);

	return (verbs & method) != 0 || is_open(d, component, method) ||
	       is_told_anyway(d, component, method);
}

bool
doc_allows(
    struct doc *d, struct str component, const struct doc_operation *operation)
{
	struct str rest = component;

	if (!str_is_null(d->resource) &&
	    !str_eq_nocase(str_cut(&rest, '/'), d->resource))
		return false;
	if (!doc_may(d, component, operation->method))
		return false;
	return operation->has_rows ||
	       is_open(d, component, operation->method) ||
	       access_filters(d->req->role, d->service->id, component,
		   operation->method) == NULL;
}

void
doc_subject(struct doc *d, struct str name)
{
	d->subject = name;
	d->suffix = STR("");
	d->wanted = 0;
	d->subject_told = name.n == 0 && d->service_told;
}

/* "db/orders" */
static void
put_tag(const struct doc *d, struct buf *out)
{
	struct buf name = buf_in(d->req->arena);

	struct str rest = d->subject;

	buf_put(&name, d->service->name);
	if (d->subject.n > 0) {
		buf_put_char(&name, '/');
		buf_put(&name, str_cut(&rest, '/'));
	}
	json_put_str(out, buf_str(&name));
}

/* Subjects that begin alike have one tag. */
static bool
is_told(const struct doc *d, struct str tag)
{
	return str_find(d->subject, '/') < d->subject.n && d->tags.n > 0 &&
	       memmem(d->tags.p, d->tags.n, tag.p, tag.n) != NULL;
}

/* The tag of the subject, with its first operation. */
static void
tell_subject(struct doc *d)
{
	struct buf name = buf_in(d->req->arena);

	if (d->subject_told)
		return;
	d->subject_told = true;
	d->service_told |= d->subject.n == 0;
	put_tag(d, &name);
	if (is_told(d, buf_str(&name)))
		return;
	buf_put(
	    &d->tags, d->tags.n > 0 ? STR(",{\"name\":") : STR("{\"name\":"));
	buf_put(&d->tags, buf_str(&name));
	if (d->subject.n == 0 && d->service->description.n > 0)
		put_text(&d->tags, "description", d->service->description);
	buf_put_char(&d->tags, '}');
}

void
doc_path(struct doc *d, struct str path)
{
	if (d->path_open)
		buf_put_char(&d->paths, '}');
	d->path_open = false;
	d->path = buf_in(d->req->arena);
	if (!d->is_single) {
		buf_put_char(&d->path, '/');
		doc_piece(&d->path, d->service->name, false);
	}
	buf_put(&d->path, path);
	if (d->path.n == 0)
		buf_put_char(&d->path, '/');
	doc_own_none(d);
}

static void
open_path(struct doc *d)
{
	buf_put(&d->paths, d->paths.n > 0 ? STR(",") : STR(""));
	json_put_str(&d->paths, buf_str(&d->path));
	buf_put_lit(&d->paths, ":{");
	d->path_open = true;
}

void
doc_own_none(struct doc *d)
{
	d->own = buf_in(d->req->arena);
}

static void
own_begin(struct doc *d, const char *name, const char *about)
{
	if (d->own.n > 0)
		buf_put_char(&d->own, ',');
	buf_put_char(&d->own, '{');
	put_text(&d->own, "name", str_of(name));
	buf_put_lit(&d->own, ",\"in\":\"path\",\"required\":true");
	doc_about(d, &d->own, about);
	json_put_name(&d->own, STR("schema"));
}

void
doc_own(struct doc *d, const char *name, const char *schema, const char *about)
{
	own_begin(d, name, about);
	doc_text(d, &d->own, schema);
	buf_put_char(&d->own, '}');
}

void
doc_own_json(
    struct doc *d, const char *name, struct str schema, const char *about)
{
	own_begin(d, name, about);
	buf_put(&d->own, schema);
	buf_put_char(&d->own, '}');
}

void
doc_own_choice(struct doc *d, const char *name, const struct str *choices,
    size_t n, const char *about)
{
	own_begin(d, name, about);
	buf_put_lit(&d->own, "{\"type\":\"string\"");
	put_texts(&d->own, "enum", choices, n);
	buf_put_lit(&d->own, "}}");
}

static void
put_parameters(
    struct doc *d, struct buf *out, const struct doc_operation *operation)
{
	struct str rest = str_of(operation->parameters);
	bool first = d->own.n == 0;

	if (first && rest.n == 0)
		return;
	buf_put_lit(out, ",\"parameters\":[");
	buf_put(out, buf_str(&d->own));
	while (rest.n > 0) {
		struct str name = str_cut(&rest, ' ');

		if (!first)
			buf_put_char(out, ',');
		doc_parameter(d, out, name);
		first = false;
	}
	buf_put_char(out, ']');
}

static void
put_body(struct doc *d, struct buf *out, const struct doc_operation *operation)
{
	if (operation->body == NULL)
		return;
	buf_put_lit(out, ",\"requestBody\":{\"required\":");
	json_put_bool(
	    out, operation->method != METHOD_DELETE && !operation->is_optional);
	buf_put_lit(out, ",\"content\":{\"application/json\":{\"schema\":");
	doc_text(d, out, operation->body);
	buf_put_char(out, '}');
	if (operation->body_csv && !d->is_compact)
		buf_put_lit(out, ",\"text/csv\":{}");
	if (operation->body_file)
		buf_put_lit(out, ",\"multipart/form-data\":{},\"*/*\":{}");
	buf_put_lit(out, "}}");
}

/* Who needs no key, or whose token it is about. */
static void
put_security(const struct doc *d, struct buf *out, struct str component,
    const struct doc_operation *operation)
{
	if (operation->needs_token)
		buf_put_lit(out, ",\"security\":[{\"SessionTokenHeader\":[]},"
				 "{\"BearerAuth\":[]}]");
	else if (is_open(d, component, operation->method))
		buf_put_lit(out, ",\"security\":[]");
}

/* "%" of the summary is the subject. */
static void
put_summary(const struct doc *d, struct buf *out, const char *summary)
{
	struct buf text = buf_in(d->req->arena);
	struct str rest = str_of(summary);

	while (!str_is_null(rest)) {
		buf_put(&text, str_cut(&rest, '%'));
		if (!str_is_null(rest))
			buf_put(&text,
			    d->subject.n > 0 ? d->subject : d->service->name);
	}
	put_text(out, "summary", buf_str(&text));
}

static void
put_operation(
    struct doc *d, struct str component, const struct doc_operation *operation)
{
	struct buf *out = &d->paths;
	char verb[8];
	struct str method = method_name((enum method)operation->method);

	buf_put(out, out->p[out->n - 1] == '{' ? STR("") : STR(","));
	json_put_str(out, lower_case(method, verb, sizeof(verb)));
	buf_put_lit(out, ":{\"operationId\":\"");
	doc_name(d, out, str_of(operation->name));
	if (d->suffix.n > 0)
		buf_put_char(out, '.');
	doc_word(out, d->suffix);
	buf_put_lit(out, "\",\"tags\":[");
	put_tag(d, out);
	buf_put_char(out, ']');
	put_summary(d, out, operation->summary);
	doc_about(d, out, operation->about);
	if (operation->is_deprecated)
		put_bool(out, "deprecated", true);
	put_security(d, out, component, operation);
	put_parameters(d, out, operation);
	put_body(d, out, operation);
	doc_answers(d, out, operation);
	buf_put_char(out, '}');
	d->n_operations++;
}

void
doc_operation(
    struct doc *d, struct str component, const struct doc_operation *operation)
{
	if (doc_is_over(d) || !doc_allows(d, component, operation))
		return;
	if (!d->path_open)
		open_path(d);
	tell_subject(d);
	put_operation(d, component, operation);
}

void
doc_operations(struct doc *d, struct str component,
    const struct doc_operation *operations, size_t n)
{
	for (size_t i = 0; i < n; i++)
		doc_operation(d, component, &operations[i]);
}
