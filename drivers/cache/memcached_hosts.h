/*
 * The servers of a store as the settings name them. Which keys lie on which of
 * them follows from these texts, so every weir must name them alike.
 */
#ifndef WEIR_CACHE_MEMCACHED_HOSTS_H
#define WEIR_CACHE_MEMCACHED_HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_config;

#define MEMCACHED_HOSTS_MAX        64
#define MEMCACHED_HOST_NAME_BYTES  256
#define MEMCACHED_HOST_LABEL_BYTES 272
#define MEMCACHED_WEIGHT_MAX       1000

struct memcached_host {
	/* A name, an address (no brackets), or the path of a unix socket. */
	char name[MEMCACHED_HOST_NAME_BYTES];
	char label[MEMCACHED_HOST_LABEL_BYTES]; /* for people */
	uint16_t port;                          /* 0: a unix socket */
	uint32_t weight;
};

struct memcached_hosts {
	size_t n;
	struct memcached_host list[MEMCACHED_HOSTS_MAX];
};

/*
 * Reads hosts (HOST[:PORT[:WEIGHT]],... an IPv6 address in brackets) and port,
 * or socket. ST_INVALID with what is wrong with which setting.
 */
enum status memcached_hosts_read(const struct cache_config *config,
    struct memcached_hosts *out, struct error *err);

#endif
