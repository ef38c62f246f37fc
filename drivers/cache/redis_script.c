#include "drivers/cache/redis_script.h"

#include "app/base/buf.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_reply.h"

void
redis_script_put(struct buf *out, const struct redis_script *script)
{
	size_t bytes = 0;

	for (size_t i = 0; i < REDIS_SCRIPT_PARTS; i++)
		if (script->parts[i] != NULL)
			bytes += script->parts[i]->n;
	redis_put_begin(out, bytes);
	for (size_t i = 0; i < REDIS_SCRIPT_PARTS; i++)
		if (script->parts[i] != NULL)
			buf_put(out, *script->parts[i]);
	redis_put_end(out);
}

void
redis_script_call(struct buf *out, const struct redis_script *script,
    bool whole, size_t keys, size_t words)
{
	redis_put_head(out, 3 + keys + words);
	redis_put(out, whole ? STR("EVAL") : STR("EVALSHA"));
	if (whole)
		redis_script_put(out, script);
	else
		redis_put(out, script->digest);
	redis_put_number(out, keys);
}

bool
redis_script_forgotten(const struct redis_reply *reply)
{
	return reply != NULL && reply->type == REDIS_ERROR &&
	       str_starts(reply->text, STR("NOSCRIPT"));
}
