#include "drivers/cache/cache.h"

#include "drivers/cache/local.h"

const struct cache_driver *const cache_drivers[] = { &local_driver, NULL };

const struct cache_driver *
cache_driver_find(struct str name)
{
	for (size_t i = 0; cache_drivers[i] != NULL; i++)
		if (str_eq(str_of(cache_drivers[i]->name), name))
			return cache_drivers[i];
	return NULL;
}
