/* The local store: files in the place's folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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

static const struct place_kind local = {
	.name = "local",
	.driver = "local",
	.bound = PLACE_EVICTS_UNUSED,
	.wipe = wipe,
	.config = config,
};

const struct place_kind *const place_kinds[] = { &local, NULL };
