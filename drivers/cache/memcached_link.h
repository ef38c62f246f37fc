/*
 * A thread's connection to one server: a memcached_st that has this server
 * alone, so that what fails is known to a server, and a late reply ends with
 * the connection that it would have come through.
 *
 * A call of libmemcached stands between two of ours:
 *
 *	if (!memcached_link_begin(link))
 *		return link->failure;
 *	rc = memcached_...(link->handle, ...);
 *	if (!memcached_link_took(link, rc))
 *		return link->failure;
 *
 * libmemcached's time-outs count from byte to byte: against a server that
 * dribbles, the socket is watched, and shut at the deadline of the batch. (On a
 * unix socket it is not: there such a server can hold a batch for longer.)
 */
#ifndef WEIR_CACHE_MEMCACHED_LINK_H
#define WEIR_CACHE_MEMCACHED_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/socket_watch.h"
#include "app/base/status.h"
#include "drivers/cache/memcached_handle.h"
#include "drivers/cache/memcached_memory.h"

struct memcached_generation;
struct memcached_lookup;
struct memcached_server;

#define MEMCACHED_ASKED_MAX 128 /* keys of one multi-get */

struct memcached_link {
	struct memcached_server *server;
	const struct memcached_login *login;
	memcached_st *handle;           /* NULL: not connected */
	struct memcached_memory memory; /* that the handle may take */
	memcached_result_st result;
	struct socket_watch watch; /* of its socket, over each call */
	unsigned life;             /* of the server, when it was made */
	int64_t deadline_ms;       /* of the present batch */
	int64_t wait_ms;           /* of the present call, between bytes */
	int64_t heard_ms;          /* when it answered last */
	bool unsure;         /* nothing was heard lately: it may be closed */
	enum status failure; /* of the last call: ST_TIMEOUT, ST_UNAVAILABLE,
			      * ST_STALE */
	struct memcached_generation *generations;
	/* The present multi-get, see memcached_lookup.c. */
	struct memcached_lookup *asked[MEMCACHED_ASKED_MAX];
	size_t n_asked;
};

/* The longest value has max_value bytes, of those that were stored by us. */
void memcached_link_init(struct memcached_link *link,
    struct memcached_server *server, const struct memcached_login *login,
    int64_t max_value);
/* It may be used again after close, not after end. */
void memcached_link_close(struct memcached_link *link);
void memcached_link_end(struct memcached_link *link);

/* For calls that are not in a hurry: gives a server that is away a moment to
 * say that it is back. */
void memcached_link_await(struct memcached_link *link);

/* Connects if need be. False: not now, link->failure says why. */
bool memcached_link_ready(struct memcached_link *link);

/* The same, and sets the time-outs of the next call. A connection that was
 * closed meanwhile is noticed, at the cost of a round trip after a pause. */
bool memcached_link_begin(struct memcached_link *link);

/* The same without that round trip: the call may fail with ST_STALE, and is
 * then to be repeated. */
bool memcached_link_begin_read(struct memcached_link *link);

/* libmemcached keeps the memory of the largest value that came: gives it back.
 */
void memcached_link_slim(struct memcached_link *link);

/* Before what was sent some time ago is heard: a server is not to blame for
 * what others have used of its time. */
void memcached_link_hear(struct memcached_link *link);

/* Judges what the call came to: false is no answer, and the connection is
 * closed. What an answer is: memcached_is_answer(). */
bool memcached_link_took(struct memcached_link *link, memcached_return_t rc);

#endif
