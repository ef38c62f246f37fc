#include "drivers/cache/memcached_ring.h"

#include <stdio.h>

#include <libmemcached/memcached.h>

#include "drivers/cache/memcached_hosts.h"
#include "drivers/cache/memcached_name.h"

#define TURN_BYTES 12

struct memcached_st *
memcached_ring_new(const struct memcached_hosts *hosts)
{
	memcached_st *ring = memcached_create(NULL);
	memcached_return_t rc;

	if (ring == NULL)
		return NULL;
	/* Before the servers: it does not go over those that are there. */
	rc =
	    memcached_behavior_set(ring, MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
	for (size_t i = 0; rc == MEMCACHED_SUCCESS && i < hosts->n; i++)
		rc = memcached_server_add_with_weight(ring, hosts->list[i].name,
		    hosts->list[i].port, hosts->list[i].weight);
	if (rc == MEMCACHED_SUCCESS)
		return ring;
	memcached_free(ring);
	return NULL;
}

void
memcached_ring_free(struct memcached_st *ring)
{
	memcached_free(ring);
}

size_t
memcached_ring_find(
    const struct memcached_st *ring, struct str name, unsigned turn)
{
	char text[MEMCACHED_NAME_MAX + TURN_BYTES];

	if (turn == 0)
		return memcached_generate_hash(ring, name.p, name.n);
	memcpy(text, name.p, name.n);
	name.n += (size_t)snprintf(text + name.n, TURN_BYTES, "~%u", turn);
	return memcached_generate_hash(ring, text, name.n);
}
