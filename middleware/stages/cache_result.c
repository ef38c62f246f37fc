#include "middleware/stages/cache_result.h"

#include "middleware/request.h"

void
cache_result_keep(struct cache_result *result, const struct request *req)
{
	const struct response *res = &req->response;

	*result = (struct cache_result){
		.status = res->status,
		.type = res->type,
		.head = buf_str(&res->head),
		.body = response_body(res),
		.message = res->message,
		.context = res->context,
		.code = res->code,
	};
}

void
cache_result_give(const struct cache_result *result, struct request *to)
{
	if (result->message.p != NULL) {
		response_fail_context(to, result->status, result->code,
		    result->context, arena_dup(to->arena, result->message));
	} else {
		to->response.status = result->status;
		to->response.type = result->type;
		/* Copied: the waiter's answer may outlive the leader's. */
		to->response.body = arena_dup(to->arena, result->body);
	}
	buf_put(&to->response.head, result->head);
}
