/* Whatever stands in the query and the body of a call on a table, the SQL made
 * of it has only names of the catalogue, words of ours, and a value for each
 * "?". Before a line feed: the query; behind it: the record. */
#include "app/base/arena.h"
#include "app/base/jsonread.h"
#include "app/services/db/read/select.h"
#include "app/services/db/write/modify.h"
#include "middleware/request.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/odd_table.h"

#define MAX_PARAMS  20
#define MAX_RECORDS 10

static void
check(struct statement *s)
{
	struct str rest = buf_str(&s->sql);
	size_t marks = 0;

	HOLDS(sql_is_ours(s->sql.arena, rest, &odd_table));
	while (str_find(rest, '?') < rest.n) {
		rest = str_skip(rest, str_find(rest, '?') + 1);
		marks++;
	}
	HOLDS(marks == s->n_args);
}

static struct statement
empty(struct arena *a)
{
	struct statement s;

	statement_open(&s, a, '`');
	return s;
}

static void
reads(struct arena *a, const struct query *q)
{
	struct statement s = empty(a);

	HOLDS(q->limit >= 1 && q->limit <= MAX_RECORDS && q->offset >= 0);
	HOLDS(q->n_fields >= 1 && q->n_fields <= odd_table.n_columns);
	HOLDS(q->n_order <= odd_table.n_columns && q->n_ids <= MAX_RECORDS);
	select_page(&s, q, NULL, q->limit);
	check(&s);
	for (size_t i = 0; i < q->n_ids; i++) {
		struct record_name name = { &q->by, q->ids[i].parts };

		s = empty(a);
		select_record(&s, q, &name, NULL);
		check(&s);
	}
	if (q->n_ids == 0)
		return;
	s = empty(a);
	select_listed(&s, q, q->ids, q->n_ids, NULL);
	check(&s);
}

static void
writes(struct arena *a, struct json record)
{
	struct db_value id = { .type = DB_INT, .i = 1 };
	struct identity by = identity_key(&odd_table);
	struct record_name name = { &by, &id };
	struct statement s = empty(a);
	struct draft draft;

	if (draft_read(a, &odd_table, record, DRAFT_NEW, &draft, NULL) ==
	    ST_OK) {
		modify_insert(&s, &odd_table, &draft);
		modify_returning(&s, &odd_table);
		check(&s);
	}
	if (draft_read(a, &odd_table, record, DRAFT_CHANGE, &draft, NULL) !=
	    ST_OK)
		return;
	HOLDS(draft.n >= 1 && draft.n <= odd_table.n_columns);
	s = empty(a);
	modify_update(&s, &draft, &name, NULL);
	check(&s);
}

static void
asks(struct request *req, struct str text, struct json body)
{
	struct query_source source = { .table = &odd_table,
		.use = QUERY_LIST,
		.max_records = MAX_RECORDS,
		.quote = '`' };
	struct query q;

	req->param[PARAM_QUERY] = text;
	if (!uri_query(req->arena, text, MAX_PARAMS, &req->query))
		return;
	source.options = options_of(req, body);
	if (query_parse(req->arena, &source, &q, NULL) == ST_OK)
		reads(req->arena, &q);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = str_make((const char *)data, size);
	struct str query_text = str_cut(&body, '\n');
	struct json record = { STR_NULL };
	struct arena a;
	struct request req = { .arena = &a };

	arena_init(&a, 65536);
	if (json_parse(&a, body, &record, NULL) == ST_OK)
		writes(&a, record);
	asks(&req, query_text, record);
	arena_close(&a);
	return 0;
}
