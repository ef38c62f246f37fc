/* What may be said in the config of a database service, for each type. */
#ifndef WEIR_SERVICES_DB_CONFIG_FIELDS_H
#define WEIR_SERVICES_DB_CONFIG_FIELDS_H

#include "middleware/service.h"

/* Where the server is when nothing says so. */
#define CONFIG_HOST "127.0.0.1"

/* Most connections of one service to its server. */
#define CONFIG_CONNECTIONS_MAX 1000

/* Most seconds that may be said of a replica: a day. */
#define CONFIG_READ_LAG_MAX 86400

/* Most seconds that an answer is cached, in any way: see CACHE_TTL_MAX. */
#define CONFIG_SECONDS_MAX 315360000

extern const struct config_field config_fields_sqlite[];
extern const struct config_field config_fields_mysql[];

#endif
