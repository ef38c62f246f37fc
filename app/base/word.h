/*
 * Eight bytes of a string at a time, for loops that would look at each one.
 * Which of them a test found is not told: that is for a loop of bytes.
 */
#ifndef WEIR_BASE_WORD_H
#define WEIR_BASE_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WORD_BYTES sizeof(uint64_t)

/* A byte (at most 0xff), eight times. */
#define WORD_EVERY(byte) (UINT64_C(0x0101010101010101) * (uint64_t)(byte))
#define WORD_HIGH_BITS   WORD_EVERY(0x80)

static inline uint64_t
word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

static inline uint64_t
word_half_at(const char *p)
{
	uint32_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* The n bytes at p, 1 to 7, some of them more than once. */
static inline uint64_t
word_of_few(const char *p, size_t n)
{
	const unsigned char *c = (const unsigned char *)p;

	if (n >= WORD_BYTES / 2)
		return word_half_at(p) | word_half_at(p + n - WORD_BYTES / 2)
					     << 32;
	return UINT64_C(0x100000001) * (c[0] | (uint32_t)c[n / 2] << 8 |
					   (uint32_t)c[n - 1] << 16 |
					   (uint32_t)c[0] << 24);
}

/* Is any byte below the limit, which is at most 0x80? */
static inline bool
word_has_below(uint64_t w, uint8_t limit)
{
	return ((w - WORD_EVERY(limit)) & ~w & WORD_HIGH_BITS) != 0;
}

static inline bool
word_has(uint64_t w, uint8_t byte)
{
	return word_has_below(w ^ WORD_EVERY(byte), 1);
}

#endif
