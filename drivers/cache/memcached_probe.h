/*
 * Asks a server that is away whether it is back, without ever waiting: each
 * step does what can be done now. It asks for the version, which a server
 * tells before a log-in too.
 */
#ifndef WEIR_CACHE_MEMCACHED_PROBE_H
#define WEIR_CACHE_MEMCACHED_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memcached_addresses;

struct memcached_probe {
	int fd; /* -1: none is under way */
	bool sent;
	bool binary;    /* the protocol of a server that wants a log-in */
	size_t address; /* where the next one goes */
	int64_t began_ms;
};

enum memcached_sign {
	MEMCACHED_SILENT,  /* look again later */
	MEMCACHED_AWAY,    /* cannot be reached; the next step begins anew */
	MEMCACHED_ANSWERS, /* it does, at addresses->list[probe->address] */
};

void memcached_probe_init(struct memcached_probe *probe, bool binary);

enum memcached_sign memcached_probe_step(struct memcached_probe *probe,
    const struct memcached_addresses *addresses, int64_t now_ms);

/* Gives up what is under way. */
void memcached_probe_end(struct memcached_probe *probe);

#endif
