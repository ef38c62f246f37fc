#include "app/services/cache/config_text.h"

#include "middleware/json_config.h"

#define MEMBER(name) JSON_CONFIG_MEMBER(struct cache_config_text, name)

static const struct json_config_member members[] = {
	MEMBER(store),
	MEMBER(default_ttl),
	MEMBER(bare_values),
	MEMBER(timeout),
	MEMBER(host),
	MEMBER(port),
	MEMBER(socket),
	MEMBER(unix_socket),
	MEMBER(username),
	MEMBER(password),
	MEMBER(database_index),
	MEMBER(prefix),
	MEMBER(tls),
	MEMBER(tls_verify),
	MEMBER(tls_ca),
	MEMBER(sentinel_host),
	MEMBER(sentinel_port),
	MEMBER(sentinel_master),
	MEMBER(sentinel_username),
	MEMBER(sentinel_password),
	MEMBER(cluster),
	MEMBER(path),
	MEMBER(max_bytes),
	MEMBER(connection),
	MEMBER(database),
	MEMBER(table),
	{ .name = NULL },
};

enum status
cache_config_text_read(struct arena *arena, struct str json,
    struct cache_config_text *out, struct error *err)
{
	return json_config_read(arena, json, members, out, err);
}
