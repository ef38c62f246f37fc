#include "drivers/cache/cache_record.h"

#include "drivers/cache/cache.h"

#define FORM 1 /* the first byte: another form will have another */

/* The highest byte first. */
static uint8_t *
put(uint8_t *at, uint64_t number, size_t bytes)
{
	for (size_t i = bytes; i-- > 0; number >>= 8)
		at[i] = (uint8_t)(number & 0xff);
	return at + bytes;
}

static uint64_t
take(struct str *bytes, size_t n)
{
	uint64_t number = 0;

	for (size_t i = 0; i < n; i++)
		number = number << 8 | (unsigned char)bytes->p[i];
	*bytes = str_skip(*bytes, n);
	return number;
}

void
cache_record_write(
    uint8_t out[CACHE_RECORD_BYTES], const struct cache_window *w)
{
	out = put(out, FORM, 1);
	out = put(out, (uint64_t)w->end_ms, 8);
	out = put(out, w->count, 4);
	out = put(out, w->locked, 1);
	out = put(out, (uint64_t)w->mark, 8);
	for (size_t i = 0; i < CACHE_WINDOW_PARTS; i++)
		out = put(out, w->parts[i], 4);
}

/* Parts that are none are of an algorithm that has none. */
static bool
counts_agree(const struct cache_window *w)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < CACHE_WINDOW_PARTS; i++)
		sum += w->parts[i];
	return w->count <= CACHE_COUNT_MAX && (sum == 0 || sum == w->count);
}

bool
cache_record_read(struct str bytes, struct cache_window *out)
{
	struct cache_window w;
	uint64_t locked;

	*out = (struct cache_window){ 0 };
	if (bytes.n != CACHE_RECORD_BYTES || take(&bytes, 1) != FORM)
		return false;
	w.end_ms = (int64_t)take(&bytes, 8);
	w.count = (uint32_t)take(&bytes, 4);
	locked = take(&bytes, 1);
	w.locked = locked == 1;
	w.mark = (int64_t)take(&bytes, 8);
	for (size_t i = 0; i < CACHE_WINDOW_PARTS; i++)
		w.parts[i] = (uint32_t)take(&bytes, 4);
	if (locked > 1 || w.end_ms < 0 || w.mark < 0 || !counts_agree(&w))
		return false;
	*out = w;
	return true;
}
