#include "drivers/cache/redis_slot.h"

#define WORD 0xffffu

/* Of half a byte: polynomial 0x1021, highest bit first. */
static const uint16_t crc[16] = { 0x0000, 0x1021, 0x2042, 0x3063, 0x4084,
	0x50a5, 0x60c6, 0x70e7, 0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad,
	0xe1ce, 0xf1ef };

static unsigned
crc_of(struct str text)
{
	unsigned sum = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned byte = (unsigned char)text.p[i];

		sum = (sum << 4 & WORD) ^ crc[sum >> 12 ^ byte >> 4];
		sum = (sum << 4 & WORD) ^ crc[sum >> 12 ^ (byte & 15)];
	}
	return sum;
}

uint16_t
redis_slot_of(struct str name)
{
	struct str tag = str_skip(name, str_find(name, '{') + 1);
	size_t end = str_find(tag, '}');

	if (end > 0 && end < tag.n)
		name = str_make(tag.p, end);
	return (uint16_t)(crc_of(name) % REDIS_SLOTS);
}
