#include "drivers/db/mysql_place.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/secret.h"

static char *
text_copy(const char *s)
{
	char *copy = s == NULL ? NULL : strdup(s);

	if (s != NULL && copy == NULL)
		abort();
	return copy;
}

struct mysql_place *
mysql_place_make(const struct db_config *config)
{
	struct mysql_place *place = calloc(1, sizeof(*place));

	if (place == NULL)
		abort();
	atomic_init(&place->users, 1);
	place->config = *config;
	place->config.driver = NULL;
	place->config.database = text_copy(config->database);
	place->config.host = text_copy(config->host);
	place->config.socket = text_copy(config->socket);
	place->config.username = text_copy(config->username);
	place->config.password = text_copy(config->password);
	place->config.tls_ca = text_copy(config->tls_ca);
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
	struct db_config *config = &place->config;

	if (atomic_fetch_sub(&place->users, 1) > 1)
		return;
	if (config->password != NULL)
		secret_wipe((char *)config->password, strlen(config->password));
	free((char *)config->database);
	free((char *)config->host);
	free((char *)config->socket);
	free((char *)config->username);
	free((char *)config->password);
	free((char *)config->tls_ca);
	free(place);
}
