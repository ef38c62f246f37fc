/*
 * A server of memcached that lies: in a thread of its own it answers what has
 * to be answered for a connection to stand, and to the first GET of a key
 * whatever a test wants, and then goes on with a byte now and then. Where that
 * answer has an end it says no more, and whoever writes comes too late.
 */
#ifndef WEIR_TEST_MEMCACHED_LIAR_H
#define WEIR_TEST_MEMCACHED_LIAR_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define MEMCACHED_LIAR_LINKS 16

struct memcached_liar {
	const char
	    *answer; /* to a GET; its key is that of the question, "%s" */
	int port;
	int listener;
	struct memcached_liar_link {
		int fd; /* -1: none */
		bool dribbles;
	} links[MEMCACHED_LIAR_LINKS];
	atomic_uint too_late; /* how many did */
	atomic_bool stop;
	pthread_t thread;
};

void memcached_liar_start(struct memcached_liar *l, const char *answer);
void memcached_liar_stop(struct memcached_liar *l);

#endif
