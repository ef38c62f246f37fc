#include "app/base/hash.h"

#include <pthread.h>
#include <sodium.h>

#include "app/base/word.h"

#define BLOCK (2 * WORD_BYTES)

__extension__ typedef unsigned __int128 wide;

/* Both words of the process's key, with which strings are hashed. */
static struct {
	uint64_t a, b;
} process_key;
static pthread_once_t drawn = PTHREAD_ONCE_INIT;

static void
draw(void)
{
	randombytes_buf(&process_key, sizeof(process_key));
}

uint64_t
hash_keyed(const uint8_t key[HASH_KEY_BYTES], struct str s)
{
	uint8_t out[sizeof(uint64_t)];
	uint64_t v;

	(void)crypto_shorthash(out, (const unsigned char *)s.p, s.n, key);
	memcpy(&v, out, sizeof(v));
	return v;
}

void
hash_wide(struct str s, uint8_t out[HASH_WIDE_BYTES])
{
	static const uint8_t unkeyed[HASH_KEY_BYTES];

	_Static_assert(HASH_WIDE_BYTES == crypto_shorthash_siphashx24_BYTES,
	    "as libsodium has it");
	(void)crypto_shorthash_siphashx24(
	    out, (const unsigned char *)s.p, s.n, unkeyed);
}

/* Every bit of the product depends on all below it: both halves together on
 * all there are. */
static uint64_t
fold(uint64_t a, uint64_t b)
{
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The hash so far, and two more words. */
static uint64_t
add(uint64_t hash, uint64_t a, uint64_t b)
{
	return fold(a ^ process_key.a, b ^ process_key.b ^ hash);
}

/* What is shorter than a block: its words may overlap, but hold every byte. */
static uint64_t
add_short(uint64_t hash, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	if (s.n >= WORD_BYTES)
		return add(hash, word_at(s.p), word_at(s.p + s.n - WORD_BYTES));
	if (s.n >= WORD_BYTES / 2)
		return add(hash, word_half_at(s.p),
		    word_half_at(s.p + s.n - WORD_BYTES / 2));
	if (s.n == 0)
		return hash;
	return add(hash, p[0], (uint64_t)p[s.n / 2] << 8 | p[s.n - 1]);
}

uint64_t
hash_str(struct str s)
{
	uint64_t hash = s.n;

	(void)pthread_once(&drawn, draw);
	while (s.n >= BLOCK) {
		hash = add(hash, word_at(s.p), word_at(s.p + WORD_BYTES));
		s = str_skip(s, BLOCK);
	}
	hash = add_short(hash, s);
	return fold(hash ^ process_key.a, process_key.b);
}
