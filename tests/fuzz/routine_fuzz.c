/* Whatever stands behind the name of a routine, in the URL and in the body of
 * its call: each parameter gets a value, or a refusal says why; and what comes
 * back is JSON, whatever the client calls it. The first line stands behind the
 * name, the second is the query, the rest the body. */
#include "app/base/arena.h"
#include "app/base/jsoncheck.h"
#include "app/services/db/routine/routine_answer.h"
#include "app/services/db/routine/routine_args.h"
#include "middleware/request.h"
#include "tests/fuzz/fuzz.h"

#define MAX_PARAMS  20
#define MAX_RECORDS 2

#define PARAM(name_, kind_, mode_)                                             \
	{                                                                      \
		.column = { .name = { name_, sizeof(name_) - 1 },              \
			.kind = kind_ },                                       \
		.mode = mode_                                                  \
	}

/* One of each kind, for at most as many as are given are looked at. */
static struct routine_param params[] = {
	PARAM("a", COLUMN_INTEGER, ROUTINE_IN),
	PARAM("b", COLUMN_TEXT, ROUTINE_INOUT),
	PARAM("resource", COLUMN_DECIMAL, ROUTINE_OUT),
	PARAM("d", COLUMN_JSON, ROUTINE_IN),
	PARAM("e", COLUMN_BINARY, ROUTINE_IN),
	PARAM("fields", COLUMN_DATETIME, ROUTINE_IN),
	PARAM("g", COLUMN_BOOLEAN, ROUTINE_IN),
	PARAM("h", COLUMN_REAL, ROUTINE_IN),
};

#define N_PARAMS (sizeof(params) / sizeof(params[0]))

/* Two result sets, whose names and values the client chose. */
static void
answer(struct routine_call *c, const struct routine_options *options,
    const struct db_value *v, size_t n)
{
	struct request *req = c->req;
	struct str names[N_PARAMS];
	struct routine_answer a;
	struct db_call call = { .sent = true };

	for (size_t i = 0; i < n; i++)
		names[i] = v[i].type == DB_TEXT ? v[i].s : STR("a");
	req->response.build = buf_in(req->arena);
	if (routine_answer_open(&a, c, options, NULL) != ST_OK)
		return;
	routine_answer_take(&a, &call);
	for (int i = 0; i < MAX_RECORDS && n > 0; i++) {
		HOLDS(call.set(call.ctx, names, n) == ST_OK);
		HOLDS(call.row(call.ctx, v, n) == ST_OK);
	}
	HOLDS(call.out(call.ctx, v, n) == ST_OK);
	routine_answer_end(&a);
	HOLDS(req->response.status == 200);
	HOLDS(json_is_text(response_body(&req->response)));
}

static void
check(struct routine_call *c, const struct routine_options *options)
{
	struct error err = { .text = "" };
	struct routine_given given;
	struct db_value *values;
	enum status st = routine_given_read(c, options, &given, &err);

	if (st == ST_OK)
		st = routine_args(c, &given, &values, &err);
	if (st != ST_OK) {
		HOLDS(st == ST_INVALID && err.text[0] != '\0');
		return;
	}
	for (size_t i = 0; i < c->routine->n_params; i++)
		HOLDS(
		    params[i].mode != ROUTINE_OUT || values[i].type == DB_NULL);
	answer(c, options, values, c->routine->n_params);
}

/* On routines with no parameter, with one, and so on. */
static void
calls(struct request *req, struct str inlined, struct json body)
{
	static const struct db_service service = { .max_records = MAX_RECORDS };
	struct routine_options options;

	if (routine_options_read(req, body, &options, NULL) != ST_OK)
		return;
	for (size_t n = 0; n <= N_PARAMS; n++) {
		struct routine routine = {
			.name = STR("r"), .params = params, .n_params = n
		};
		struct routine_call c = { .req = req,
			.service = &service,
			.kind =
			    n % 2 == 0 ? ROUTINE_PROCEDURE : ROUTINE_FUNCTION,
			.routine = &routine };

		if (inlined.n > 0)
			c.inlined = inlined;
		check(&c, &options);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make((const char *)data, size);
	struct str inlined = str_cut(&rest, '\n');
	struct str query = str_cut(&rest, '\n');
	struct json body = { STR_NULL };
	struct arena a;
	struct request req = { .arena = &a };

	arena_init(&a, 65536);
	(void)json_parse(&a, rest, &body, NULL);
	if (uri_query(&a, query, MAX_PARAMS, &req.query))
		calls(&req, inlined, body);
	arena_close(&a);
	return 0;
}
