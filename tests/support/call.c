#include "tests/support/call.h"

#include "middleware/registry/snapshot.h"

/* The snapshot of a test is nothing but its settings. */
const struct settings *
snapshot_settings(const struct snapshot *s)
{
	return (const struct settings *)(const void *)s;
}

void
call_open(struct test_call *call)
{
	arena_init(&call->arena, 16384);
	call->settings = (struct settings){ .max_params = CALL_MAX_PARAMS };
}

void
call_close(struct test_call *call)
{
	arena_close(&call->arena);
}

struct request *
call_begin(struct test_call *call, const char *method, const char *uri)
{
	struct request *req = &call->req;

	arena_reset(&call->arena);
	request_init(
	    req, &call->arena, (struct snapshot *)(void *)&call->settings);
	req->param[PARAM_METHOD] = str_of(method);
	req->param[PARAM_URI] = str_of(uri);
	return req;
}
