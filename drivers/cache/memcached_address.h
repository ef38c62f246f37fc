/* Where a server is reached: what its name means, looked up ahead of need. */
#ifndef WEIR_CACHE_MEMCACHED_ADDRESS_H
#define WEIR_CACHE_MEMCACHED_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "app/base/status.h"

struct memcached_host;

#define MEMCACHED_ADDRESSES_MAX 8

struct memcached_address {
	struct sockaddr_storage at;
	socklen_t length;
	char text[128]; /* numeric, or the path of a unix socket */
};

struct memcached_addresses {
	size_t n;
	struct memcached_address list[MEMCACHED_ADDRESSES_MAX];
};

/* Waits for the name service where the host is a name. ST_UNAVAILABLE with its
 * reason; *out is set on success only. */
enum status memcached_addresses_find(const struct memcached_host *host,
    struct memcached_addresses *out, struct error *err);

/* Whether another look-up may find others. */
bool memcached_addresses_change(const struct memcached_host *host);

#endif
