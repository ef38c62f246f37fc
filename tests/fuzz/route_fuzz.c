/*
 * Any request line is understood or refused with an answer. The input is the
 * parameters below, one a line, the last of them to the end.
 */
#include "app/base/jsoncheck.h"
#include "app/base/secret.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/call.h"

static const enum request_param lines[] = { PARAM_METHOD, PARAM_X_HTTP_METHOD,
	PARAM_X_REQUEST_ID, PARAM_ACCEPT, PARAM_QUERY, PARAM_URI };

#define LINES (sizeof(lines) / sizeof(lines[0]))

static void
understood(const struct request *req)
{
	struct str rest = req->path;

	HOLDS(req->response.status == 0);
	HOLDS(req->method != METHOD_NONE);
	HOLDS(req->query.n <= CALL_MAX_PARAMS);
	HOLDS(str_find(req->path, '\0') == req->path.n);
	while (rest.p != NULL)
		HOLDS(!str_eq(str_cut(&rest, '/'), STR("..")));
	for (size_t i = 0; i < req->service_name.n; i++)
		HOLDS(req->service_name.p[i] < 'A' ||
		      req->service_name.p[i] > 'Z');
	HOLDS(req->service_name.n > 0 || req->resource.n == 0);
	HOLDS((req->n_segments == 0) == (req->resource.n == 0));
	HOLDS(req->n_segments <= SEGMENTS_MAX);
}

static void
segments_make_the_resource(struct request *req)
{
	struct buf joined = buf_in(req->arena);

	for (size_t i = 0; i < req->n_segments; i++) {
		if (i > 0)
			buf_put_char(&joined, '/');
		buf_put(&joined, req->segment[i]);
	}
	HOLDS(str_eq(buf_str(&joined), req->resource));
}

static void
refused(struct request *req)
{
	int status = req->response.status;

	HOLDS(status == 400 || status == 404 || status == 405);
	HOLDS(json_check(req->arena, response_body(&req->response), 8, NULL) ==
	      ST_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make((const char *)data, size);
	struct test_call call;
	struct request *req;

	HOLDS(secret_init());
	call_open(&call);
	req = call_begin(&call, "", "");
	for (size_t i = 0; i + 1 < LINES && rest.p != NULL; i++)
		req->param[lines[i]] = str_cut(&rest, '\n');
	req->param[PARAM_URI] = rest;
	if (req->param[PARAM_QUERY].n == 0)
		req->param[PARAM_QUERY] = STR_NULL;
	if (request_route(req) == ST_OK) {
		understood(req);
		segments_make_the_resource(req);
	} else {
		refused(req);
	}
	HOLDS(req->id.n > 0 && req->id.n <= 64);
	call_close(&call);
	return 0;
}
