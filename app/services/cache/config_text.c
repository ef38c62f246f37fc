#include "app/services/cache/config_text.h"

#include <stdbool.h>
#include <stddef.h>

#include "middleware/json_config.h"

#define MEMBER(name)                                                           \
	{                                                                      \
#name, offsetof(struct cache_config_text, name)                \
	}

static const struct {
	const char *name;
	size_t at;
} members[] = {
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
};

/* Members of other days are left alone. */
static bool
member_take(void *ctx, struct str name, struct str text)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (str_eq(name, str_of(members[i].name)))
			memcpy(
			    (char *)ctx + members[i].at, &text, sizeof(text));
	}
	return true;
}

enum status
cache_config_text_read(struct arena *arena, struct str json,
    struct cache_config_text *out, struct error *err)
{
	*out = (struct cache_config_text){ .store = STR_NULL };
	return json_config_each(arena, json, member_take, out, err);
}

enum status
cache_config_number_read(
    const struct cache_config_number *number, int64_t *out, struct error *err)
{
	*out = number->fallback;
	if (number->text.n == 0 ||
	    (str_to_i64(number->text, out) && *out >= number->min &&
		*out <= number->max))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "%s must be an integer from %lld to %lld", number->name,
	    (long long)number->min, (long long)number->max);
}

const char *
cache_config_string(struct str text)
{
	return text.n == 0 ? "" : text.p;
}
