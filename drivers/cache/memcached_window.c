#include "drivers/cache/memcached_window.h"

#include <inttypes.h>
#include <stdio.h>

#define EPOCH_MS   INT64_C(1704067200000) /* 2024 */
#define COUNT_BITS 24
#define COUNT_MASK ((UINT64_C(1) << COUNT_BITS) - 1)

uint64_t
memcached_window_word(int64_t end_ms, uint32_t count)
{
	uint64_t end = end_ms < EPOCH_MS ? 0 : (uint64_t)(end_ms - EPOCH_MS);

	return end << COUNT_BITS | (count & COUNT_MASK);
}

int64_t
memcached_window_end(uint64_t word)
{
	return EPOCH_MS + (int64_t)(word >> COUNT_BITS);
}

uint32_t
memcached_window_count(uint64_t word)
{
	return (uint32_t)(word & COUNT_MASK);
}

struct str
memcached_window_text(uint64_t word, char text[MEMCACHED_WINDOW_TEXT])
{
	int n = snprintf(text, MEMCACHED_WINDOW_TEXT, "%" PRIu64, word);

	return str_make(text, (size_t)n);
}

bool
memcached_window_parse(struct str text, uint64_t *word)
{
	return str_to_u64(str_trim(text), word);
}
