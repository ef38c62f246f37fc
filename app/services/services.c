/* The table of service types: a new one is one line here. */
#include "app/services/cache/types.h"
#include "app/services/db/types.h"
#include "app/services/docs/types.h"
#include "app/services/file/types.h"
#include "app/services/system/types.h"
#include "app/services/user/types.h"
#include "middleware/service.h"

const struct service_type *const service_types[] = {
#ifdef WITH_MYSQL
	&service_mysql,
	&service_mariadb,
#endif
	&service_sqlite,
	&service_cache_local,
	&service_cache_file,
	&service_cache_database,
#ifdef WITH_REDIS
	&service_cache_redis,
#endif
#ifdef WITH_MEMCACHED
	&service_cache_memcached,
#endif
	&service_local_file,
	&service_system,
	&service_user,
	&service_api_docs,
	NULL,
};

const struct service_type *
service_type_find(struct str name)
{
	for (size_t i = 0; service_types[i] != NULL; i++) {
		if (str_eq(name, str_of(service_types[i]->name)))
			return service_types[i];
	}
	return NULL;
}
