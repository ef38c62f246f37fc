#include "app/services/system/cached.h"

#include "app/base/clock.h"
#include "app/base/jsonmember.h"
#include "app/base/settings.h"
#include "app/services/user/account.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stores.h"
#include "middleware/tallies.h"

/* What is told of each service. */
struct view {
	struct str fields;
	const struct tally_table *sum; /* NULL: the store does not say */
};

bool
cached_is_kept(const struct service *service)
{
	return service->type != NULL && service->type->flush_tags != NULL;
}

static bool
is_wanted(struct str fields, const char *name)
{
	while (fields.n > 0) {
		struct str field = str_trim(str_cut(&fields, ','));

		if (str_eq(field, STR("*")) ||
		    str_eq_nocase(field, str_of(name)))
			return true;
	}
	return false;
}

static bool
counts_wanted(struct str fields)
{
	for (int i = 0; i < TALLIES; i++) {
		if (is_wanted(fields, tally_names[i]))
			return true;
	}
	return false;
}

static struct view
view_of(struct account_call *c, struct str fields)
{
	struct request *req = c->req;
	struct view view = { .fields = fields };
	struct tally_table *sum;

	if (!counts_wanted(fields))
		return view;
	sum = arena_alloc(req->arena, sizeof(*sum));
	if (tallies_read(req->stores->shared->tallies, req->stores,
		clock_boot_ms() + req->settings->store_timeout, sum) == ST_OK)
		view.sum = sum;
	return view;
}

static void
put_counts(struct buf *b, const struct service *s, const struct view *view)
{
	const struct tally_row *row =
	    view->sum == NULL ? NULL : tally_find(view->sum, s->id);

	for (int i = 0; i < TALLIES; i++) {
		if (!is_wanted(view->fields, tally_names[i]))
			continue;
		if (view->sum == NULL)
			put_null(b, tally_names[i]);
		else
			put_number(b, tally_names[i],
			    row == NULL ? 0 : (int64_t)row->count[i]);
	}
}

static void
put_service(struct buf *b, const struct service *s, const struct view *view)
{
	buf_put_char(b, '{');
	put_text(b, "name", s->name);
	if (is_wanted(view->fields, "label"))
		put_text(b, "label", s->label);
	if (is_wanted(view->fields, "description"))
		put_text(b, "description", s->description);
	if (is_wanted(view->fields, "type"))
		put_text(b, "type", s->type_name);
	put_counts(b, s, view);
	buf_put_char(b, '}');
}

void
cached_list(struct account_call *c)
{
	struct buf *b = &c->req->response.build;
	bool bare = request_asks(c->req, "as_list");
	struct view view =
	    view_of(c, bare ? STR_NULL : request_query(c->req, STR("fields")));
	size_t n, listed = 0;
	const struct service *all = snapshot_services(c->req->snapshot, &n);

	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < n; i++) {
		if (!cached_is_kept(&all[i]))
			continue;
		if (listed++ > 0)
			buf_put_char(b, ',');
		if (bare)
			json_put_str(b, all[i].name);
		else
			put_service(b, &all[i], &view);
	}
	buf_put_lit(b, "]}");
	account_answer(c);
}

void
cached_show(struct account_call *c, const struct service *service)
{
	struct str fields = request_query(c->req, STR("fields"));
	struct view view = view_of(c, fields.n == 0 ? STR("*") : fields);

	put_service(&c->req->response.build, service, &view);
	account_answer(c);
}
