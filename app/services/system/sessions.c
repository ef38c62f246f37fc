#include "app/services/system/sessions.h"

#include "app/base/jsonout.h"
#include "app/services/user/account.h"
#include "middleware/registry/session_records.h"
#include "middleware/request.h"
#include "middleware/session.h"

#define LIST_MAX  1000
#define SECOND_MS 1000

static void
put_number(struct buf *b, const char *name, int64_t value)
{
	json_put_name(b, str_of(name));
	buf_put_i64(b, value);
}

static void
put_date(struct buf *b, const char *name, int64_t seconds)
{
	char date[DATE_BYTES];

	date_text(seconds * SECOND_MS, date);
	json_put_name(b, str_of(name));
	json_put_str(b, str_of(date));
}

static void
put_session(struct buf *b, const struct session_record *r)
{
	buf_put_char(b, '{');
	put_number(b, "id", r->id);
	put_number(b, "user_id", r->user_id);
	put_date(b, "login_date", r->begun);
	put_date(b, "token_date", r->issued);
	put_date(b, "end_date", r->expires);
	json_put_name(b, STR("forever"));
	json_put_bool(b, r->forever);
	json_put_name(b, STR("ip_address"));
	json_put_str(b, r->address);
	buf_put_char(b, '}');
}

/* A number above 0 from a text; false: the response holds the refusal. */
static bool
id_read(struct request *req, const char *what, struct str text, int64_t *out)
{
	if (str_to_i64(text, out) && *out > 0)
		return true;
	response_fail(req, 400, "%s must be a number above 0.", what);
	return false;
}

/* Parameters of other lists, which sessions have not. */
static const char *const unknown[] = { "fields", "filter", "order", "ids",
	"related", "group", "include_count", "count_only", "as_list" };

/* Which of the sessions are shown. */
struct page {
	int64_t limit;
	int64_t offset;
};

static bool
number_read(struct request *req, const char *name, int64_t least, int64_t *out)
{
	struct str text = request_query(req, str_of(name));

	if (str_is_null(text) ||
	    (str_to_i64(text, out) && *out >= least && *out <= LIST_MAX))
		return true;
	response_fail(req, 400, "%s must be a number from %lld to %d.", name,
	    (long long)least, LIST_MAX);
	return false;
}

/* False: the response holds the refusal. */
static bool
page_read(struct request *req, struct page *out)
{
	*out = (struct page){ .limit = LIST_MAX };
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		if (str_is_null(request_query(req, str_of(unknown[i]))))
			continue;
		response_fail(req, 400,
		    "Sessions are listed by user_id, limit and offset, not by "
		    "%s.",
		    unknown[i]);
		return false;
	}
	return number_read(req, "limit", 1, &out->limit) &&
	       number_read(req, "offset", 0, &out->offset);
}

static void
list_get(struct account_call *c, int64_t user_id)
{
	struct page page;
	struct buf *b = &c->req->response.build;
	struct session_record *list;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	size_t n;

	if (!page_read(c->req, &page) || !account_db_take(c, &db))
		return;
	st = session_records_list(&db, c->req->arena, user_id,
	    (size_t)(page.offset + page.limit), &list, &n, &err);
	account_db_give(c, &db);
	if (st != ST_OK) {
		account_fault(c, st, &err);
		return;
	}
	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = (size_t)page.offset; i < n; i++) {
		if (i > (size_t)page.offset)
			buf_put_char(b, ',');
		put_session(b, &list[i]);
	}
	buf_put_lit(b, "]}");
	account_answer(c);
}

/* ST_OK, or the response holds the refusal. */
static enum status
session_read_one(struct account_call *c, int64_t id, struct session_record *out)
{
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!account_db_take(c, &db))
		return ST_UNAVAILABLE;
	st = session_record_get(&db, c->req->arena, id, out, &err);
	account_db_give(c, &db);
	if (st == ST_MISSING)
		response_fail(c->req, 404,
		    "Record with identifier '%lld' not found.", (long long)id);
	else if (st != ST_OK)
		account_fault(c, st, &err);
	return st;
}

/* One session of the user, or with 0 all. */
static bool
sessions_drop(struct account_call *c, int64_t user_id, int64_t id)
{
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!session_forget_before(c->req, user_id) || !account_db_take(c, &db))
		return false;
	st = session_records_drop(&db, user_id, id, &err);
	account_db_give(c, &db);
	if (st != ST_OK && st != ST_MISSING) {
		account_fault(c, st, &err);
		return false;
	}
	return session_forget_after(c->req, user_id);
}

static void
one_handle(struct account_call *c, struct str text)
{
	struct buf *b = &c->req->response.build;
	struct session_record session;
	int64_t id;

	if (!account_allows(c->req, METHOD_GET | METHOD_DELETE) ||
	    !id_read(c->req, "The id of a session", text, &id) ||
	    session_read_one(c, id, &session) != ST_OK)
		return;
	if (request_reads(c->req)) {
		put_session(b, &session);
	} else {
		if (!sessions_drop(c, session.user_id, id))
			return;
		buf_put_char(b, '{');
		put_number(b, "id", id);
		buf_put_char(b, '}');
	}
	account_answer(c);
}

static void
all_handle(struct account_call *c)
{
	struct str user = request_query(c->req, STR("user_id"));
	int64_t user_id = 0;

	if (!account_allows(c->req, METHOD_GET | METHOD_DELETE))
		return;
	if (!str_is_null(user) && !id_read(c->req, "user_id", user, &user_id))
		return;
	if (request_reads(c->req))
		list_get(c, user_id);
	else if (user_id == 0)
		response_fail(c->req, 400,
		    "Whose sessions are to end? Name a session, or ?user_id=.");
	else if (sessions_drop(c, user_id, 0))
		account_succeed(c, NULL);
}

void
sessions_handle(struct account_call *c)
{
	if (c->req->n_segments == 1)
		all_handle(c);
	else if (c->req->n_segments == 2)
		one_handle(c, c->req->segment[1]);
	else
		response_fail(c->req, 404,
		    "Resource '%.*s' not found for service '%.*s'.",
		    STR_ARG(c->req->resource), STR_ARG(c->req->service_name));
}
