#include "drivers/db/mysql_place.h"

#include <stdlib.h>

struct mysql_place *
mysql_place_make(const struct db_config *config)
{
	struct mysql_place *place = calloc(1, sizeof(*place));

	if (place == NULL)
		abort();
	atomic_init(&place->users, 1);
	db_config_copy(&place->config, config);
	return place;
}

struct mysql_place *
mysql_place_share(struct mysql_place *place)
{
	(void)atomic_fetch_add(&place->users, 1);
	return place;
}

void
mysql_place_leave(struct mysql_place *place)
{
	if (atomic_fetch_sub(&place->users, 1) > 1)
		return;
	db_config_free(&place->config);
	free(place);
}
