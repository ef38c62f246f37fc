#include "tests/contract/cache_place.h"

#include <stdio.h>
#include <string.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"
#include "tests/support/folder.h"

#define PATH_BYTES 256

/* How the store of one driver is run. start and stop may be NULL. */
struct row {
	const char *driver;
	bool (*start)(const char *place);
	void (*stop)(const char *place);
	void (*wipe)(const char *place);
	void (*config)(const char *place, struct cache_config *out);
};

static void
local_wipe(const char *place)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s/state", place);
	(void)remove(path);
}

static void
local_config(const char *place, struct cache_config *out)
{
	out->path = place;
}

static const struct row rows[] = {
	{ .driver = "local", .wipe = local_wipe, .config = local_config },
};

static const struct row *
row_of(const struct cache_driver *driver)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].driver, driver->name) == 0)
			return &rows[i];
	return NULL;
}

bool
place_start(const char *place, const struct cache_driver *driver)
{
	const struct row *row = row_of(driver);

	return row != NULL && (row->start == NULL || row->start(place));
}

void
place_stop(const char *place, const struct cache_driver *driver)
{
	const struct row *row = row_of(driver);

	if (row->stop != NULL)
		row->stop(place);
	folder_remove(place);
}

void
place_wipe(const char *place, const struct cache_driver *driver)
{
	row_of(driver)->wipe(place);
}

void
place_config(const char *place, const struct cache_driver *driver,
    struct cache_config *out)
{
	row_of(driver)->config(place, out);
}
