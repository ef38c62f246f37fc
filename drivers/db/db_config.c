/* Copies of a config, for those who connect long after they were told how. */
#include "drivers/db/db.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/secret.h"

static const char *
text_copy(const char *s)
{
	char *copy = s == NULL ? NULL : strdup(s);

	if (s != NULL && copy == NULL)
		abort();
	return copy;
}

void
db_config_copy(struct db_config *to, const struct db_config *from)
{
	*to = *from;
	to->driver = text_copy(from->driver);
	to->database = text_copy(from->database);
	to->host = text_copy(from->host);
	to->socket = text_copy(from->socket);
	to->username = text_copy(from->username);
	to->password = text_copy(from->password);
	to->tls_ca = text_copy(from->tls_ca);
	to->timezone = text_copy(from->timezone);
}

void
db_config_free(struct db_config *config)
{
	if (config->password != NULL)
		secret_wipe((char *)config->password, strlen(config->password));
	free((char *)config->driver);
	free((char *)config->database);
	free((char *)config->host);
	free((char *)config->socket);
	free((char *)config->username);
	free((char *)config->password);
	free((char *)config->tls_ca);
	free((char *)config->timezone);
}
