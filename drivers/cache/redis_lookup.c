#include "drivers/cache/redis_lookup.h"

#include <errno.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/base/thread.h"
#include "drivers/cache/redis_host.h"

#define PORT_BYTES 8

/* Whoever lets go of it last, the thread or who began it, frees it. */
struct redis_lookup {
	atomic_int refs;
	atomic_bool done; /* what stands below it may be read */
	int rc;           /* of getaddrinfo() */
	size_t n;
	struct redis_place places[REDIS_PLACES_MAX];
	struct redis_host host;
	int fd;
};

void
redis_lookup_drop(struct redis_lookup *lookup)
{
	if (lookup == NULL || atomic_fetch_sub(&lookup->refs, 1) > 1)
		return;
	(void)close(lookup->fd);
	free(lookup);
}

static void
places_copy(struct redis_lookup *lookup, const struct addrinfo *list)
{
	for (; list != NULL && lookup->n < REDIS_PLACES_MAX;
	     list = list->ai_next) {
		struct redis_place *place = &lookup->places[lookup->n];

		if (list->ai_addrlen > sizeof(place->at))
			continue;
		memcpy(&place->at, list->ai_addr, list->ai_addrlen);
		place->n = list->ai_addrlen;
		lookup->n++;
	}
}

static void *
lookup_main(void *arg)
{
	struct redis_lookup *lookup = arg;
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *list = NULL;
	char port[PORT_BYTES];
	uint64_t one = 1;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)lookup->host.port);
	lookup->rc = getaddrinfo(lookup->host.name, port, &hints, &list);
	if (lookup->rc == 0) {
		places_copy(lookup, list);
		freeaddrinfo(list);
	}
	atomic_store(&lookup->done, true);
	/* It holds one number, so it has room. */
	while (write(lookup->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	redis_lookup_drop(lookup);
	return NULL;
}

struct redis_lookup *
redis_lookup_begin(const struct redis_host *host, struct error *err)
{
	struct redis_lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup == NULL)
		abort();
	lookup->host = *host;
	lookup->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	atomic_init(&lookup->refs, 2);
	atomic_init(&lookup->done, false);
	if (lookup->fd >= 0 && thread_start_detached(lookup_main, lookup))
		return lookup;
	error_set(err, ST_UNAVAILABLE, "no thread can be had to look it up");
	if (lookup->fd >= 0)
		(void)close(lookup->fd);
	free(lookup);
	return NULL;
}

int
redis_lookup_fd(const struct redis_lookup *lookup)
{
	return lookup->fd;
}

enum status
redis_lookup_result(struct redis_lookup *lookup, struct redis_place *out,
    size_t *n, struct error *err)
{
	if (!atomic_load(&lookup->done))
		return ST_TIMEOUT;
	if (lookup->rc != 0 || lookup->n == 0)
		return error_set(err, ST_UNAVAILABLE,
		    "the name has no address (%s)",
		    lookup->rc == 0 ? "none" : gai_strerror(lookup->rc));
	memcpy(out, lookup->places, lookup->n * sizeof(out[0]));
	*n = lookup->n;
	return ST_OK;
}
