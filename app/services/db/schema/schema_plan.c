#include "app/services/db/schema/schema_plan.h"

#include "app/services/db/db.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

static const char *const options[] = { "fields", "ids", "as_list",
	"as_access_list", "include_access", "schema", "wrap" };

/* With its length, so that no two lists of texts look alike. */
static void
put_text(struct buf *key, char mark, struct str text)
{
	buf_put_char(key, mark);
	buf_put_u64(key, text.n);
	buf_put_char(key, ':');
	buf_put(key, text);
}

enum status
schema_plan(struct request *req, struct cache_plan *plan)
{
	const struct db_service *service = req->service->instance;
	struct buf *key = &plan->key;

	if (request_asks(req, "refresh"))
		return ST_INVALID;
	*key = buf_in(req->arena);
	buf_put_i64(key, service->catalog.schema_version);
	for (size_t i = 0; i < req->n_segments; i++)
		put_text(key, '/', req->segment[i]);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct str value = request_query(req, str_of(options[i]));

		if (!str_is_null(value))
			put_text(key, (char)('a' + i), value);
	}
	if (!str_is_null(req->param[PARAM_WRAP]))
		put_text(key, 'w', req->param[PARAM_WRAP]);
	plan->tags[0] = service->tag_all;
	plan->n_tags = 1;
	return ST_OK;
}
