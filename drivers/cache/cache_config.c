#include "drivers/cache/cache_config.h"

#include <stddef.h>

const struct cache_config cache_config_none = {
	.prefix = "",
	.path = "",
	.hosts = "",
	.socket = "",
	.username = "",
	.password = "",
	.tls_ca = "",
	.sentinels = "",
	.sentinel_master = "",
	.sentinel_username = "",
	.sentinel_password = "",
	.table = "",
};
