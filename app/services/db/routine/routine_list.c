/* The list of procedures or functions that the role may call. It is read from
 * the database each time, so that it is never old (refresh=true). */
#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/routine/routine.h"
#include "app/services/db/routine/routine_detail.h"
#include "app/services/db/schema/names.h"
#include "middleware/json.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

enum form {
	FORM_OBJECTS,
	FORM_NAMES, /* as_list */
	FORM_ACCESS /* as_access_list: what a role's rows may name */
};

struct listing {
	struct routine_call *call;
	struct names names; /* those that are asked for; none: all */
	struct routines routines;
	struct buf *out;
	enum form form;
	unsigned wanted; /* bits of enum detail */
	bool wrap;
	size_t n;
};

static struct str
component_of(const struct routine_call *c, const struct routine *routine)
{
	return arena_printf(c->req->arena, "%s/%.*s",
	    c->kind == ROUTINE_PROCEDURE ? "_proc" : "_func",
	    STR_ARG(routine->name));
}

/* The verbs that the role has there; 0: it must not know of it. */
static unsigned
verbs_of(const struct routine_call *c, const struct routine *routine)
{
	const struct request *req = c->req;

	return access_verbs(req->role, req->service->id,
	    component_of(c, routine), REQUESTOR_API);
}

static void
routine_put(struct listing *l, const struct routine *routine, unsigned verbs)
{
	struct str component = component_of(l->call, routine);

	if (l->n++ > 0)
		buf_put_char(l->out, ',');
	if (l->form == FORM_ACCESS)
		json_put_str(l->out, component);
	else if (l->form == FORM_NAMES)
		json_put_str(l->out, routine->name);
	else
		routine_details_put(l->out, routine, l->wanted, verbs);
}

static void
all_put(struct listing *l)
{
	for (size_t i = 0; i < l->routines.n; i++) {
		const struct routine *routine = &l->routines.list[i];
		unsigned verbs = verbs_of(l->call, routine);

		if (verbs != 0)
			routine_put(l, routine, verbs);
	}
}

/* NULL: there is none, or the role must not know of it. */
static const struct routine *
routine_named(const struct listing *l, struct str name, unsigned *verbs)
{
	for (size_t i = 0; i < l->routines.n; i++) {
		const struct routine *routine = &l->routines.list[i];

		if (!str_eq_nocase(routine->name, name))
			continue;
		*verbs = verbs_of(l->call, routine);
		return *verbs != 0 ? routine : NULL;
	}
	return NULL;
}

static enum status
named_put(struct listing *l, struct error *err)
{
	for (size_t i = 0; i < l->names.n; i++) {
		struct str name = l->names.list[i];
		unsigned verbs = 0;
		const struct routine *routine = routine_named(l, name, &verbs);

		if (routine == NULL)
			return routine_missing(l->call, name, err);
		routine_put(l, routine, verbs);
	}
	return ST_OK;
}

/* A read sent as POST has its options in the body. */
static enum status
options_read(struct listing *l, struct json body, struct error *err)
{
	struct request *req = l->call->req;
	struct str wrap = names_option(req, body, STR("wrap"));

	if (wrap.n == 0)
		wrap = req->param[PARAM_WRAP];
	l->wrap = !str_is_no(str_trim(wrap));
	if (str_to_bool(names_option(req, body, STR("as_access_list"))))
		l->form = FORM_ACCESS;
	else if (str_to_bool(names_option(req, body, STR("as_list"))))
		l->form = FORM_NAMES;
	return routine_details_read(
	    names_option(req, body, STR("fields")), &l->wanted, err);
}

static enum status
list_make(struct listing *l, struct json body, struct error *err)
{
	struct routine_call *c = l->call;
	enum status st = options_read(l, body, err);

	if (st == ST_OK)
		st = names_read(c->req, body, &l->names, err);
	if (st == ST_OK)
		st = routine_take(c, err);
	if (st == ST_OK)
		st = routine_read(c, STR_NULL, &l->routines, err);
	routine_give(c);
	if (st != ST_OK)
		return st;
	buf_put_lit(l->out, "{\"resource\":[");
	if (l->names.n > 0)
		st = named_put(l, err);
	else
		all_put(l);
	buf_put_lit(l->out, "]}");
	return st;
}

void
routine_list(struct routine_call *c)
{
	struct request *req = c->req;
	struct listing l = { .call = c, .out = &req->response.build };
	struct error err = { .text = "" };
	struct json body;
	enum status st;

	if (json_body(req, &body) != ST_OK)
		return;
	st = list_make(&l, body, &err);
	if (st == ST_OK)
		answer_list(req, !l.wrap, false);
	else
		routine_fault(c, "list", st, &err);
}
