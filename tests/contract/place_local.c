/* The local store: files in the place's folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "tests/contract/cache_place.h"

static void
wipe(struct place *place)
{
	assert_int_equal(
	    remove(place_text(place, "%s/state", place->folder)), 0);
}

static void
config(struct place *place, struct cache_config *out)
{
	out->path = place->folder;
}

/* Overwrites bytes of a file, or cuts it there when there are none. */
static void
spoil(struct place *place, const char *name, long at, const char *bytes)
{
	const char *path = place_text(place, "%s/%s", place->folder, name);
	FILE *file = fopen(path, "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	if (bytes != NULL)
		assert_int_equal(fputs(bytes, file) >= 0, 1);
	else
		assert_int_equal(ftruncate(fileno(file), at), 0);
	assert_int_equal(fclose(file), 0);
}

static bool
damage(struct place *place, unsigned how)
{
	static const struct {
		const char *file;
		long at;
		const char *bytes; /* NULL: the file ends there */
	} ways[] = {
		{ "values", 0, "no page of LMDB at all" },
		{ "values", 16, "\xff\xff\xff\xff\xff\xff\xff\xff" },
		{ "values", 4096, "another page that is none" },
		{ "values", 0, NULL },
		{ "values", 5000, NULL },
		{ "values-lock", 0, "no lock of LMDB at all" },
		{ "values-lock", 0, NULL },
		{ "state", 0, "no state at all" },
		{ "state", 16, "another life" },
		{ "state", 0, NULL },
		{ "state", 100, NULL },
		{ "lock", 0, "a lock" },
	};

	if (how >= sizeof(ways) / sizeof(ways[0]))
		return false;
	spoil(place, ways[how].file, ways[how].at, ways[how].bytes);
	return true;
}

static const struct place_kind local = {
	.name = "local",
	.driver = "local",
	.bound = PLACE_EVICTS_UNUSED,
	.wipe = wipe,
	.config = config,
	.damage = damage,
};

const struct place_kind *const place_kinds[] = { &local, NULL };
