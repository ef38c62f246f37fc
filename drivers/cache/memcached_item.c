#include "drivers/cache/memcached_item.h"

#include <assert.h>
#include <string.h>

#include "app/base/arena.h"

#define RELATIVE_MAX 2592000 /* 30 days: more is a date */
#define MS_PER_S     1000

struct str
memcached_item_keyed(struct arena *arena, struct str key, struct str value)
{
	char *raw = arena_alloc(arena, 2 + key.n + value.n);

	assert(key.n <= UINT16_MAX);
	raw[0] = (char)(key.n >> 8);
	raw[1] = (char)(key.n & 0xff);
	memcpy(raw + 2, key.p, key.n);
	if (value.n > 0)
		memcpy(raw + 2 + key.n, value.p, value.n);
	return str_make(raw, 2 + key.n + value.n);
}

bool
memcached_item_value(
    struct str raw, uint32_t flags, struct str key, struct str *value)
{
	size_t n;

	if (flags == MEMCACHED_FORM_BARE) {
		*value = raw;
		return true;
	}
	if (flags != MEMCACHED_FORM_KEYED || raw.n < 2)
		return false;
	n = (size_t)(unsigned char)raw.p[0] << 8 | (unsigned char)raw.p[1];
	if (n > raw.n - 2 || !str_eq(str_make(raw.p + 2, n), key))
		return false;
	*value = str_make(raw.p + 2 + n, raw.n - 2 - n);
	return true;
}

time_t
memcached_item_expiry(uint32_t ttl, int64_t now_ms)
{
	int64_t date;

	if (ttl == 0)
		return 0;
	if (ttl < RELATIVE_MAX)
		return (time_t)ttl + 1;
	/* memcached's dates have 31 bits: those beyond 2038 end then. */
	date = now_ms / MS_PER_S + (int64_t)ttl + 1;
	return (time_t)(date < INT32_MAX ? date : INT32_MAX);
}
