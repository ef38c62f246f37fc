#include "middleware/limit_count.h"

#include "app/base/buf.h"
#include "middleware/registry/limit_index.h"
#include "middleware/registry/snapshot.h"
#include "middleware/stores.h"

/* Who is counted alone, where the limit itself names nobody. */
static void
each_put(struct buf *key, char kind, int64_t id)
{
	buf_put_char(key, ':');
	buf_put_char(key, kind);
	buf_put_i64(key, id);
}

static struct str
counter_key(const struct limit *limit, const struct limit_asked *asked,
    struct arena *arena)
{
	const struct limit_scope *scope = limit_scope(limit->type);
	bool app = scope->app && limit->app_id == 0;
	bool role = scope->role && limit->role_id == 0;
	bool service = scope->service && limit->service_id == 0;
	struct buf key = buf_in(arena);

	if (!app && !role && !service && !scope->each_user)
		return limit->key;
	buf_put(&key, limit->key);
	if (app)
		each_put(&key, 'a', asked->app_id);
	if (scope->each_user)
		each_put(&key, 'u', asked->user_id);
	if (role)
		each_put(&key, 'r', asked->role_id);
	if (service)
		each_put(&key, 's', asked->service_id);
	return buf_str(&key);
}

void
limit_count_fill(struct cache_op *op, const struct limit *limit,
    const struct limit_asked *asked, struct arena *arena)
{
	op->space = &space_limits;
	op->shard = SHARD_LIMITS;
	op->key = counter_key(limit, asked, arena);
	op->ttl = limit->period;
	op->limit = limit->rate;
	op->algorithm = limit->algorithm;
	op->burst = limit->algorithm == CACHE_GCRA ? limit->burst : 0;
	op->lockout = limit->lockout;
}
