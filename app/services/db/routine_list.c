/* The list of procedures or functions that the role may call. It is read from
 * the database each time, so that it is never old (refresh=true). */
#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/routine.h"
#include "app/services/db/routine_detail.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

/* That ids= may ask for. */
#define NAMES_MAX 1000

struct listing {
	struct routine_call *call;
	struct routines routines;
	struct buf *out;
	unsigned wanted; /* bits of enum detail */
	bool as_list;    /* bare names */
	size_t n;
};

/* The verbs that the role has there; 0: it must not know of it. */
static unsigned
verbs_of(const struct routine_call *c, const struct routine *routine)
{
	const struct request *req = c->req;
	struct str component = arena_printf(req->arena, "%s/%.*s",
	    c->kind == ROUTINE_PROCEDURE ? "_proc" : "_func",
	    STR_ARG(routine->name));

	return access_verbs(
	    req->role, req->service->id, component, REQUESTOR_API);
}

static void
routine_put(struct listing *l, const struct routine *routine, unsigned verbs)
{
	if (l->n++ > 0)
		buf_put_char(l->out, ',');
	if (l->as_list)
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
named_put(struct listing *l, struct str names, struct error *err)
{
	for (size_t n = 0; !str_is_null(names); n++) {
		struct str name = str_trim(str_cut(&names, ','));
		unsigned verbs = 0;
		const struct routine *routine = routine_named(l, name, &verbs);

		if (n == NAMES_MAX)
			return error_set(err, ST_INVALID,
			    "Parameter 'ids' has more than %d names.",
			    NAMES_MAX);
		if (routine == NULL)
			return routine_missing(l->call, name, err);
		routine_put(l, routine, verbs);
	}
	return ST_OK;
}

static enum status
list_make(struct listing *l, struct error *err)
{
	struct routine_call *c = l->call;
	struct str names = str_trim(request_query(c->req, STR("ids")));
	enum status st = routine_details_read(
	    request_query(c->req, STR("fields")), &l->wanted, err);

	if (st == ST_OK)
		st = routine_take(c, err);
	if (st == ST_OK)
		st = routine_read(c, STR_NULL, &l->routines, err);
	routine_give(c);
	if (st != ST_OK)
		return st;
	buf_put_lit(l->out, "{\"resource\":[");
	if (names.n > 0)
		return named_put(l, names, err);
	all_put(l);
	return ST_OK;
}

void
routine_list(struct routine_call *c)
{
	struct request *req = c->req;
	struct listing l = { .call = c,
		.out = &req->response.build,
		.as_list = request_asks(req, "as_list") };
	struct str word = request_query(req, STR("wrap"));
	struct error err = { .text = "" };
	enum status st = list_make(&l, &err);

	if (st != ST_OK) {
		routine_fault(c, "list", st, &err);
		return;
	}
	if (word.n == 0)
		word = req->param[PARAM_WRAP];
	buf_put_lit(l.out, "]}");
	answer_list(req, str_is_no(str_trim(word)), false);
}
