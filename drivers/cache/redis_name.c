#include "drivers/cache/redis_name.h"

#include "app/base/buf.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_put.h"

#define SHARD_OF_COUNTERS STR("#")

static struct str
shard_of(const struct cache_op *op)
{
	if (cache_op_counts(op))
		return op->shard.n > 0 ? op->shard : SHARD_OF_COUNTERS;
	return op->space->open ? STR_NULL : op->shard;
}

void
redis_name_put(struct buf *out, struct str prefix, const struct cache_op *op)
{
	struct str space = op->space->name;
	struct str shard = shard_of(op);
	struct str open = cache_op_counts(op) ? STR(":#{") : STR(":{");
	size_t n = prefix.n + 1 + space.n + 1 + op->key.n;

	if (shard.n > 0)
		n += open.n + shard.n + 1;
	redis_put_begin(out, n);
	buf_put(out, prefix);
	if (shard.n > 0) {
		buf_put(out, open);
		buf_put(out, shard);
		buf_put_char(out, '}');
	}
	buf_put_char(out, ':');
	buf_put(out, space);
	buf_put_char(out, ':');
	buf_put(out, op->key);
	redis_put_end(out);
}

void
redis_name_space(
    struct buf *out, struct str prefix, const struct cache_space *space)
{
	buf_put(out, prefix);
	buf_put_char(out, ':');
	buf_put(out, space->name);
	buf_put_char(out, ':');
}

static void
literally(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (str_find(STR("*?[]\\^-"), text.p[i]) < 7)
			buf_put_char(out, '\\');
		buf_put_char(out, text.p[i]);
	}
}

void
redis_name_pattern(struct buf *out, struct str prefix,
    const struct cache_space *space, struct str begins)
{
	literally(out, prefix);
	buf_put_char(out, ':');
	literally(out, space->name);
	buf_put_char(out, ':');
	literally(out, begins);
	buf_put_char(out, '*');
}
