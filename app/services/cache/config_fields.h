/* What may be said in the config of a cache service, for each type. */
#ifndef WEIR_SERVICES_CACHE_CONFIG_FIELDS_H
#define WEIR_SERVICES_CACHE_CONFIG_FIELDS_H

#include "middleware/service.h"

/* Where a server is when nothing says so, and how long a call waits for it. */
#define CACHE_CONFIG_HOST       "127.0.0.1"
#define CACHE_CONFIG_TIMEOUT_MS "250"
#define CACHE_CONFIG_TTL        "300"

extern const struct config_field config_fields_cache_local[];
extern const struct config_field config_fields_cache_file[];
extern const struct config_field config_fields_cache_database[];
extern const struct config_field config_fields_cache_redis[];
extern const struct config_field config_fields_cache_memcached[];

#endif
