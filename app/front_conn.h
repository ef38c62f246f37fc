/*
 * Within a front: its state, and what happens to one of its connections. Only
 * front.c and front_conn.c include this.
 */
#ifndef WEIR_FRONT_CONN_H
#define WEIR_FRONT_CONN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/conn.h"
#include "app/front.h"
#include "app/mailbox.h"

struct front {
	pthread_t thread;
	int epoll_fd;
	struct fcgi *fcgi;
	struct front_parts parts;
	struct mailbox mailbox;
	struct dispatch *dispatch;
	struct conn *all; /* every connection */
	size_t n_conns;
	size_t body_room;           /* bytes set aside for long bodies */
	struct conn_list arriving;  /* incomplete requests */
	struct conn_list sending;   /* peers that do not read */
	struct conn_list lingering; /* answered for good */
	bool accepting;
	int64_t accept_ms; /* no descriptors left: when to try again, or 0 */
	int64_t told_ms;   /* when that was last logged, or 0 */
	atomic_bool stopping;
	int64_t stop_ms; /* when the drain began, 0: not yet */
	int64_t now_ms;
	char *scratch;
	size_t scratch_bytes;
};

/* A connection that was accepted: watched from now on. */
void front_add(struct front *f, int fd);

/* Closes and frees it; only while none of its requests is in work. */
void front_drop(struct front *f, struct conn *c);

/* Bytes may have arrived: begins the request that is complete, if any. */
void front_look(struct front *f, struct conn *c);

/* Its timer ran out. */
void front_give_up(struct front *f, struct conn *c);

/* The call is the front's again: it waits for its body, or for its peer to
 * read, or its answer was sent or cannot be; then it is released. */
void front_call_ended(struct front *f, struct call *call);

/* Watches a descriptor in the front's loop; `what` comes with its events. */
bool front_watch(struct front *f, int fd, uint32_t events, void *what);

/* Takes connections, if it does not already and is not stopping. */
void front_accept_begin(struct front *f);

#endif
