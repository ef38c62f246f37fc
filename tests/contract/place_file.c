/* The file store: a folder in the place's folder. */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "tests/contract/cache_place.h"

static const char *
path(struct place *place)
{
	return place_text(place, "%s/store", place->folder);
}

static void
wipe(struct place *place)
{
	folder_remove(path(place));
}

static void
config(struct place *place, struct cache_config *out)
{
	out->path = path(place);
}

static const struct place_kind file = {
	.name = "file",
	.driver = "file",
	.bound = PLACE_EVICTS_UNUSED,
	.wipe = wipe,
	.config = config,
};

const struct place_kind *const place_kinds[] = { &file, NULL };
