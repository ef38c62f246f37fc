#include "app/services/db/read/listed.h"

#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/read/find.h"
#include "app/services/db/read/meta.h"
#include "app/services/db/write/results.h"
#include "middleware/request.h"

/* In the order asked for; stops at the first that is missing unless told to
 * go on. */
static void
found_put(
    const struct query *q, const struct found *list, struct results *results)
{
	for (size_t i = 0; i < q->n_ids; i++) {
		struct error why = { .text = "" };

		if (list[i].status == ST_OK) {
			buf_put(results_next(results), list[i].text);
			continue;
		}
		if (list[i].status == ST_MISSING)
			(void)identifier_missing(&q->ids[i], &why);
		else
			(void)identifier_ambiguous(&q->ids[i], &why);
		results_fail(results, list[i].status, &why);
		if (!q->go_on)
			break;
	}
}

static void
found_answer(
    struct table_call *c, const struct query *q, const struct results *results)
{
	struct buf *out = &c->req->response.build;
	int64_t count = (int64_t)results->n;
	bool has_meta;

	buf_put_lit(out, "{\"resource\":[");
	buf_put(out, buf_str(&results->list));
	buf_put_char(out, ']');
	has_meta = meta_put(out, c->req, q, q->include_count ? &count : NULL);
	buf_put_char(out, '}');
	answer_list(c->req, q->bare, has_meta);
}

/* Several statements see the same rows; one alone needs no transaction, whose
 * round trips would cost more than it. */
static enum status
ids_find(struct table_call *c, const struct query *q, struct found *list,
    struct error *err)
{
	const struct db_driver *driver = c->service->driver;
	bool alone = q->n_ids <= FIND_MAX && q->n_related == 0;
	bool doubtful = true;
	enum status st = ST_OK;

	if (alone)
		st = find_all(c, q, list, &doubtful, err);
	if (st != ST_OK || !doubtful)
		return st;
	st = driver->begin_read(c->conn, c->deadline_ms, err);
	if (st != ST_OK)
		return st;
	if (!alone)
		st = find_all(c, q, list, &doubtful, err);
	if (st == ST_OK && doubtful)
		st = find_each(c, q, list, err);
	driver->rollback(c->conn);
	return st;
}

enum status
listed_read(struct table_call *c, const struct query *q, struct error *err)
{
	struct found *list =
	    arena_alloc(c->req->arena, q->n_ids * sizeof(list[0]));
	struct results results;
	enum status st = ids_find(c, q, list, err);

	if (st != ST_OK)
		return st;
	results_open(&results, c->req->arena);
	found_put(q, list, &results);
	if (results.n_failed > 0)
		results_refuse(c->req, &results, "retrieved", false);
	else
		found_answer(c, q, &results);
	return ST_OK;
}
