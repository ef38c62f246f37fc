/*
 * Bytes that nobody encrypted under the key are never opened, whatever they
 * look like; nor is a key read from more or fewer bytes than it has.
 */
#include "app/base/arena.h"
#include "app/import/laravel.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct laravel l, other;
	struct arena a;
	struct str clear;
	enum laravel_text got;

	HOLDS(secret_init());
	arena_init(&a, 4096);
	HOLDS(laravel_key_read(
		  &l, STR("a key of thirty-two bytes, of us"), NULL) == ST_OK);
	got = laravel_open(&l, &a, text, &clear);
	HOLDS(got != LARAVEL_OPENED);
	HOLDS(l.refused == (got == LARAVEL_REFUSED ? 1 : 0));
	HOLDS(str_eq(clear, text));
	if (laravel_key_read(&other, text, NULL) == ST_OK)
		HOLDS(other.key_n == 16 || other.key_n == 32);
	arena_close(&a);
	return 0;
}
