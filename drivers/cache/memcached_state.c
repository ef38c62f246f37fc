#include "drivers/cache/memcached_state.h"

#include <endian.h>
#include <string.h>

void
memcached_state_write(
    uint8_t out[MEMCACHED_STATE_BYTES], const struct memcached_state *state)
{
	uint64_t life = htobe64(state->life);
	uint64_t written = htobe64((uint64_t)state->written_ms);

	memcpy(out, &life, 8);
	memcpy(out + 8, &written, 8);
	cache_record_write(out + 16, &state->window);
}

bool
memcached_state_read(struct str bytes, struct memcached_state *out)
{
	uint64_t life;
	uint64_t written;

	*out = (struct memcached_state){ 0 };
	if (bytes.n != MEMCACHED_STATE_BYTES)
		return false;
	memcpy(&life, bytes.p, 8);
	memcpy(&written, bytes.p + 8, 8);
	written = be64toh(written);
	if (written > INT64_MAX ||
	    !cache_record_read(str_skip(bytes, 16), &out->window))
		return false;
	out->life = be64toh(life);
	out->written_ms = (int64_t)written;
	return true;
}
