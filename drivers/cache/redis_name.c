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

static struct str
shard_opens(const struct cache_op *op)
{
	static const struct str wide[] = {
		[CACHE_FIXED] = { ":#f{", 4 },
		[CACHE_SLIDING] = { ":#s{", 4 },
		[CACHE_GCRA] = { ":#g{", 4 },
	};

	if (!cache_op_counts(op))
		return STR(":{");
	return cache_op_is_fixed(op) ? STR(":#{") : wide[op->algorithm];
}

void
redis_name_append(struct buf *out, struct str prefix, const struct cache_op *op)
{
	struct str shard = shard_of(op);

	buf_put(out, prefix);
	if (shard.n > 0) {
		buf_put(out, shard_opens(op));
		buf_put(out, shard);
		buf_put_char(out, '}');
	}
	buf_put_char(out, ':');
	buf_put(out, op->space->name);
	buf_put_char(out, ':');
	buf_put(out, op->key);
}

void
redis_name_put(struct buf *out, struct str prefix, const struct cache_op *op)
{
	struct str shard = shard_of(op);
	size_t n = prefix.n + 1 + op->space->name.n + 1 + op->key.n;

	if (shard.n > 0)
		n += shard_opens(op).n + shard.n + 1;
	redis_put_begin(out, n);
	redis_name_append(out, prefix, op);
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
