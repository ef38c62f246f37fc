#include "drivers/cache/file_record.h"

#include <string.h>

#include "app/base/hash.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_record.h"

struct narrow {
	uint8_t id[DIGEST_BYTES];
	int64_t end_ms; /* Unix time */
	uint32_t count;
	uint32_t ttl; /* seconds, of the window */
};

struct wide {
	uint8_t id[DIGEST_BYTES];
	uint8_t window[CACHE_RECORD_BYTES];
	uint8_t none[2];
	uint64_t sum; /* of all before it */
};

_Static_assert(sizeof(struct narrow) == 32, "records have no holes");
_Static_assert(sizeof(struct wide) == FILE_RECORD_MOST, "nor have wide ones");

size_t
file_record_bytes(bool wide)
{
	return wide ? sizeof(struct wide) : sizeof(struct narrow);
}

static uint64_t
wide_sum(const struct wide *r)
{
	static const uint8_t key[HASH_KEY_BYTES] = { 0 };

	return hash_keyed(
	    key, str_make((const char *)r, offsetof(struct wide, sum)));
}

static bool
narrow_read(const uint8_t *record, int64_t now_ms, struct cache_window *out)
{
	struct narrow r;

	memcpy(&r, record, sizeof(r));
	*out = (struct cache_window){ .end_ms = r.end_ms, .count = r.count };
	return cache_window_open(out, now_ms) && r.count <= CACHE_COUNT_MAX &&
	       r.ttl <= CACHE_TTL_MAX;
}

/* The sum is last: most that are met have passed. */
static bool
wide_read(const uint8_t *record, int64_t now_ms, struct cache_window *out)
{
	struct wide r;

	memcpy(&r, record, sizeof(r));
	return cache_record_read(
		   str_make((const char *)r.window, sizeof(r.window)), out) &&
	       cache_window_open(out, now_ms) && r.sum == wide_sum(&r);
}

bool
file_record_read(
    const uint8_t *record, bool wide, int64_t now_ms, struct cache_window *out)
{
	return wide ? wide_read(record, now_ms, out)
		    : narrow_read(record, now_ms, out);
}

static void
narrow_make(uint8_t *record, const uint8_t id[DIGEST_BYTES], uint32_t ttl,
    const struct cache_window *w)
{
	struct narrow r = {
		.end_ms = w->end_ms, .count = w->count, .ttl = ttl
	};

	memcpy(r.id, id, sizeof(r.id));
	memcpy(record, &r, sizeof(r));
}

static void
wide_make(uint8_t *record, const uint8_t id[DIGEST_BYTES],
    const struct cache_window *w)
{
	struct wide r = { .none = { 0 } };

	memcpy(r.id, id, sizeof(r.id));
	cache_record_write(r.window, w);
	r.sum = wide_sum(&r);
	memcpy(record, &r, sizeof(r));
}

void
file_record_make(uint8_t *record, bool wide, const uint8_t id[DIGEST_BYTES],
    uint32_t ttl, const struct cache_window *w)
{
	if (wide)
		wide_make(record, id, w);
	else
		narrow_make(record, id, ttl, w);
}
