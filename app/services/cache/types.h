/* The service types that are caches. */
#ifndef WEIR_SERVICES_CACHE_TYPES_H
#define WEIR_SERVICES_CACHE_TYPES_H

struct service_type;

extern const struct service_type service_cache_local;
extern const struct service_type service_cache_file;
extern const struct service_type service_cache_database;
extern const struct service_type service_cache_redis;
extern const struct service_type service_cache_memcached;

#endif
