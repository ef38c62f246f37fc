/* What a database service offers: its resources, and its tables. */
#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

/* {"resource":[{"name":...}]}, or the bare names with as_list=true. */
struct listing {
	struct buf *out;
	bool bare;
	size_t n;
};

static void
listing_open(struct listing *l, struct request *req)
{
	l->out = &req->response.build;
	l->bare = str_to_bool(request_query(req, STR("as_list")));
	l->n = 0;
	buf_put_lit(l->out, "{\"resource\":[");
}

static void
listing_add(struct listing *l, struct str name)
{
	if (l->n++ > 0)
		buf_put_char(l->out, ',');
	if (!l->bare)
		buf_put_lit(l->out, "{\"name\":");
	json_put_str(l->out, name);
	if (!l->bare)
		buf_put_char(l->out, '}');
}

static void
listing_end(struct listing *l, struct request *req)
{
	struct str word = request_query(req, STR("wrap"));

	if (word.n == 0)
		word = req->param[PARAM_WRAP];
	buf_put_lit(l->out, "]}");
	answer_list(req, str_is_no(str_trim(word)), false);
}

void
listing_root(struct request *req)
{
	struct listing l;

	listing_open(&l, req);
	listing_add(&l, STR("_table"));
	listing_end(&l, req);
}

static bool
may_see(const struct request *req, const struct db_table *table)
{
	struct str component =
	    arena_printf(req->arena, "_table/%.*s", STR_ARG(table->name));

	return req->role != NULL && access_verbs(req->role, req->service->id,
					component, REQUESTOR_API) != 0;
}

void
listing_tables(struct request *req)
{
	const struct db_service *service = req->service->instance;
	const struct catalog *c = &service->catalog;
	struct listing l;

	listing_open(&l, req);
	for (size_t i = 0; i < c->n_tables; i++) {
		if (may_see(req, &c->tables[i]))
			listing_add(&l, c->tables[i].name);
	}
	listing_end(&l, req);
}
