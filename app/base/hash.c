#include "app/base/hash.h"

#include <pthread.h>
#include <sodium.h>

static uint8_t process_key[HASH_KEY_BYTES];
static pthread_once_t drawn = PTHREAD_ONCE_INIT;

static void
draw(void)
{
	randombytes_buf(process_key, sizeof(process_key));
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

uint64_t
hash_str(struct str s)
{
	(void)pthread_once(&drawn, draw);
	return hash_keyed(process_key, s);
}
