/* The members of a cache service's config, as they stand in its record. */
#ifndef WEIR_SERVICES_CACHE_CONFIG_TEXT_H
#define WEIR_SERVICES_CACHE_CONFIG_TEXT_H

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

/* Each with a NUL behind it; STR_NULL: not given. */
struct cache_config_text {
	struct str store;
	struct str default_ttl, bare_values, timeout;
	struct str host, port, socket, unix_socket, username, password;
	struct str database_index, prefix;
	struct str tls, tls_verify, tls_ca;
	struct str sentinel_host, sentinel_port, sentinel_master;
	struct str sentinel_username, sentinel_password;
	struct str cluster;
	struct str path, max_bytes;
	struct str connection, database, table;
};

/* ST_INVALID: no JSON object of plain values. */
enum status cache_config_text_read(struct arena *arena, struct str json,
    struct cache_config_text *out, struct error *err);

#endif
