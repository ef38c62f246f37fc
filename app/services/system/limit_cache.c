/* What stands in the counters of limits, and their end (dreamfactory.md 4.6).
 */
#include "app/base/arena.h"
#include "app/base/jsonmember.h"
#include "app/base/log.h"
#include "app/services/system/handlers.h"
#include "app/services/system/limit_counters.h"
#include "app/services/system/records.h"
#include "app/services/user/account.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define ROWS_MAX 1000 /* of one answer; offset goes on */
#define IDS_MAX  1000

enum segment { SEGMENT_RESOURCE, SEGMENT_ID, SEGMENTS };

/* Which limits a call is about. */
struct wanted {
	int64_t ids[IDS_MAX];
	size_t n; /* 0: all that are active */
};

/* False: the response holds the refusal. */
static bool
id_add(struct request *req, struct wanted *w, struct str text)
{
	int64_t id;

	if (!str_to_i64(text, &id) || id < 1) {
		response_fail(req, 400,
		    "The identifier of a limit must be a number above 0.");
		return false;
	}
	if (w->n == IDS_MAX) {
		response_fail(req, 400,
		    "Parameter 'ids' must be %d numbers at most.", IDS_MAX);
		return false;
	}
	w->ids[w->n++] = id;
	return true;
}

static bool
wanted_read(struct request *req, struct wanted *w)
{
	struct str rest = request_query(req, STR("ids"));

	w->n = 0;
	if (req->n_segments > SEGMENT_ID)
		return id_add(req, w, req->segment[SEGMENT_ID]);
	while (rest.n > 0) {
		if (!id_add(req, w, str_trim(str_cut(&rest, ','))))
			return false;
	}
	return true;
}

static void
store_fail(struct request *req, enum status st)
{
	log_line(LOG_ERROR, req->id, "limit store: %s", status_name(st));
	response_busy(req, "The rate limit store cannot be reached.");
}

/* False: the response holds the refusal. */
static bool
limits_find(struct account_call *c, const struct wanted *w, struct limited *out)
{
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!account_db_take(c, &db))
		return false;
	st = limited_find(&db, c->req->arena, w->ids, w->n, out, &err);
	account_db_give(c, &db);
	if (st != ST_OK)
		account_fault(c, st, &err);
	return st == ST_OK;
}

/* Has each id a limit? */
static bool
is_found(
    struct request *req, const struct wanted *w, const struct limited *found)
{
	for (size_t i = 0; i < w->n; i++) {
		bool is_there = false;

		for (size_t k = 0; k < found->n && !is_there; k++)
			is_there = found->limits[k].id == w->ids[i];
		if (is_there)
			continue;
		response_fail(req, 404,
		    "Record with identifier '%lld' not found.",
		    (long long)w->ids[i]);
		return false;
	}
	return true;
}

/* A number of the query; false: the response holds the refusal. */
static bool
number_read(struct request *req, const char *name, uint64_t most, size_t *out)
{
	struct str text = request_query(req, str_of(name));
	uint64_t number;

	if (str_is_null(text))
		return true;
	if (!str_to_u64(text, &number) || number > most) {
		response_fail(req, 400, "%s must be a number from 0 to %llu.",
		    name, (unsigned long long)most);
		return false;
	}
	*out = (size_t)number;
	return true;
}

static void
list_put(
    struct account_call *c, const struct limit_counters *page, size_t total)
{
	struct buf *b = &c->req->response.build;

	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < page->n; i++) {
		if (i > 0)
			buf_put_char(b, ',');
		limit_counter_put(b, &page->list[i]);
	}
	buf_put_char(b, ']');
	if (request_asks(c->req, "include_count"))
		buf_printf(b, ",\"meta\":{\"count\":%zu}", total);
	buf_put_char(b, '}');
	account_answer(c);
}

static void
list_get(struct account_call *c, const struct limited *found)
{
	struct request *req = c->req;
	struct limit_counters page;
	size_t limit = ROWS_MAX;
	size_t offset = 0;
	enum status st;

	if (!number_read(req, "limit", ROWS_MAX, &limit) ||
	    !number_read(req, "offset", INT32_MAX, &offset))
		return;
	page = limited_page(found, req->arena, offset, limit);
	st = limit_counters_look(req, &page);
	if (st == ST_OK)
		list_put(c, &page, limited_count(found));
	else
		store_fail(req, st);
}

static void
one_get(struct account_call *c, const struct limited *found)
{
	struct limit_counters one = limited_page(found, c->req->arena, 0, 1);
	enum status st = limit_counters_look(c->req, &one);

	if (st != ST_OK) {
		store_fail(c->req, st);
		return;
	}
	limit_counter_put(&c->req->response.build, &one.list[0]);
	account_answer(c);
}

static enum status
end_note(struct system_db *db, int64_t id, struct str what, struct error *err)
{
	struct audit_note note = {
		.kind = AUDIT_LIMIT_CACHE, .id = id, .before = what
	};

	return audit_note_alone(db, &note, err);
}

/* False: the response says that it cannot be audited, and who tries again ends
 * the counters again. */
static bool
end_audit(struct account_call *c, const struct wanted *w)
{
	struct error err = { 0 };
	struct system_db db;
	enum status st = ST_OK;

	if (!account_db_take(c, &db))
		return false;
	if (w->n == 0)
		st = end_note(&db, 0, STR("{\"limit\":\"*\"}"), &err);
	for (size_t i = 0; st == ST_OK && i < w->n; i++)
		st = end_note(&db, w->ids[i],
		    arena_printf(c->req->arena, "{\"limit\":%lld}",
			(long long)w->ids[i]),
		    &err);
	account_db_give(c, &db);
	if (st != ST_OK)
		account_fault(c, st, &err);
	return st == ST_OK;
}

static void
ids_put(struct account_call *c, const struct wanted *w)
{
	struct buf *b = &c->req->response.build;
	bool single = c->req->n_segments > SEGMENT_ID;

	buf_put(b, single ? STR("") : STR("{\"resource\":["));
	for (size_t i = 0; i < w->n; i++)
		buf_printf(b, "%s{\"id\":%lld}", i > 0 ? "," : "",
		    (long long)w->ids[i]);
	buf_put(b, single ? STR("") : STR("]}"));
	account_answer(c);
}

static void
counters_end(
    struct account_call *c, const struct wanted *w, const struct limited *found)
{
	struct request *req = c->req;
	size_t n = limited_count(found);
	enum status st = ST_OK;

	for (size_t at = 0; at < n && st == ST_OK; at += ROWS_MAX) {
		struct limit_counters page =
		    limited_page(found, req->arena, at, ROWS_MAX);

		st = limit_counters_end(req, &page);
	}
	if (st != ST_OK)
		store_fail(req, st);
	else if (!end_audit(c, w))
		return;
	else if (w->n > 0)
		ids_put(c, w);
	else
		account_succeed(c, NULL);
}

/* All counters go only where that is what was meant. */
static bool
is_meant(struct request *req, const struct wanted *w)
{
	if (w->n > 0 || request_asks(req, "allow_delete") ||
	    request_asks(req, "force"))
		return true;
	response_fail(req, 400,
	    "No record(s) detected in request. Name limits with ?ids=, or all "
	    "with ?allow_delete=true.");
	return false;
}

void
limit_cache_handle(struct account_call *c)
{
	struct request *req = c->req;
	struct limited found;
	struct wanted *w = arena_alloc(req->arena, sizeof(*w));

	if (req->n_segments > SEGMENTS) {
		records_unknown(req);
		return;
	}
	if (!account_allows(req, METHOD_GET | METHOD_DELETE) ||
	    !wanted_read(req, w) ||
	    (!request_reads(req) && !is_meant(req, w)) ||
	    !limits_find(c, w, &found) || !is_found(req, w, &found))
		return;
	if (!request_reads(req))
		counters_end(c, w, &found);
	else if (req->n_segments > SEGMENT_ID)
		one_get(c, &found);
	else
		list_get(c, &found);
}
