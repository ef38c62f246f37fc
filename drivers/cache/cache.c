#include "drivers/cache/cache.h"

#include "drivers/cache/database.h"
#include "drivers/cache/file.h"
#include "drivers/cache/local.h"
#ifdef WITH_MEMCACHED
#include "drivers/cache/memcached.h"
#endif
#ifdef WITH_REDIS
#include "drivers/cache/redis.h"
#endif

const struct cache_driver *const cache_drivers[] = {
	&local_driver,
	&file_driver,
	&database_driver,
#ifdef WITH_REDIS
	&redis_driver,
#endif
#ifdef WITH_MEMCACHED
	&memcached_driver,
#endif
	NULL,
};

const struct cache_driver *
cache_driver_find(struct str name)
{
	for (size_t i = 0; cache_drivers[i] != NULL; i++)
		if (str_eq(str_of(cache_drivers[i]->name), name))
			return cache_drivers[i];
	return NULL;
}

bool
cache_op_counts(const struct cache_op *op)
{
	return op->kind == CACHE_COUNT || op->kind == CACHE_LOOK ||
	       (op->kind == CACHE_DEL && op->counter);
}

bool
cache_op_is_fixed(const struct cache_op *op)
{
	return op->algorithm == CACHE_FIXED && !op->lockout;
}

bool
cache_op_locks(const struct cache_op *op)
{
	return op->lockout && !op->soft;
}

uint32_t
cache_op_quota(const struct cache_op *op)
{
	return op->algorithm == CACHE_GCRA ? op->burst : op->limit;
}

enum status
cache_ops_fail(struct cache_op *const *ops, size_t n, enum status st)
{
	for (size_t i = 0; i < n; i++)
		ops[i]->status = st;
	return st;
}

static bool
key_valid(struct str key)
{
	return key.n >= 1 && key.n <= CACHE_KEY_MAX && !str_has_control(key);
}

bool
cache_op_valid(const struct cache_op *op)
{
	if (!key_valid(op->key) || op->ttl > CACHE_TTL_MAX)
		return false;
	if (op->kind != CACHE_COUNT && op->kind != CACHE_LOOK)
		return true;
	return op->ttl >= 1 && op->limit >= 1 && op->limit <= CACHE_COUNT_MAX &&
	       (op->algorithm != CACHE_GCRA ||
		   (op->burst >= 1 && op->burst <= op->limit));
}
