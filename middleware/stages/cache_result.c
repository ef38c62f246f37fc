#include "middleware/stages/cache_result.h"

#include <stdint.h>

#include "middleware/request.h"

#define NO_CONTEXT UINT32_MAX

struct head {
	int32_t status;
	int32_t code;
	uint32_t message_bytes;
	uint32_t context_bytes;
};

void
cache_result_keep(struct cache_result *result, const struct request *req)
{
	const struct response *res = &req->response;

	*result = (struct cache_result){
		.status = res->status,
		.type = res->type,
		.head = buf_str(&res->head),
		.body = response_body(res),
		.content = res->content,
		.message = res->message,
		.context = res->context,
		.code = res->code,
	};
}

struct str
cache_result_pack(struct arena *arena, const struct cache_result *result)
{
	struct buf out = buf_in(arena);
	struct str context = result->context;
	struct head head = {
		.status = result->status,
		.code = result->code,
		.message_bytes = (uint32_t)result->message.n,
		.context_bytes =
		    str_is_null(context) ? NO_CONTEXT : (uint32_t)context.n,
	};

	buf_put(&out, str_make((const char *)&head, sizeof(head)));
	buf_put(&out, result->message);
	buf_put(&out, context);
	buf_put(&out, result->head);
	return buf_str(&out);
}

bool
cache_result_unpack(struct str bytes, struct cache_result *result)
{
	struct head head;
	size_t context;

	if (bytes.n < sizeof(head))
		return false;
	memcpy(&head, bytes.p, sizeof(head));
	bytes = str_skip(bytes, sizeof(head));
	context = head.context_bytes == NO_CONTEXT ? 0 : head.context_bytes;
	if (head.status < 400 || head.status > 599 ||
	    head.message_bytes > bytes.n ||
	    context > bytes.n - head.message_bytes)
		return false;
	*result = (struct cache_result){
		.status = head.status,
		.code = head.code,
		.message = str_make(bytes.p, head.message_bytes),
	};
	bytes = str_skip(bytes, head.message_bytes);
	if (head.context_bytes != NO_CONTEXT)
		result->context = str_make(bytes.p, context);
	result->head = str_skip(bytes, context);
	return true;
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
		to->response.content = result->content;
		/* Copied: the waiter's answer may outlive the leader's. */
		to->response.body = arena_dup(to->arena, result->body);
	}
	buf_put(&to->response.head, result->head);
}
