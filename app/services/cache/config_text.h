/* The members of a cache service's config, as they stand in its record. */
#ifndef WEIR_SERVICES_CACHE_CONFIG_TEXT_H
#define WEIR_SERVICES_CACHE_CONFIG_TEXT_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

/* A form may have sent any value as a string, so all are kept as text, with a
 * NUL behind it. STR_NULL: not given. */
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

/* A number, and what is said of it. */
struct cache_config_number {
	const char *name;
	struct str text;
	int64_t fallback; /* when the text is empty */
	int64_t min, max;
};

/* ST_INVALID names the member. */
enum status cache_config_number_read(
    const struct cache_config_number *number, int64_t *out, struct error *err);

/* "" when nothing was said. */
const char *cache_config_string(struct str text);

#endif
