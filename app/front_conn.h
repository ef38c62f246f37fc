/*
 * Within a front: its state, and what happens to one of its connections. Only
 * front.c, front_conn.c and front_body.c include this.
 */
#ifndef WEIR_FRONT_CONN_H
#define WEIR_FRONT_CONN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "app/conn.h"
#include "app/front.h"
#include "app/mailbox.h"

struct front {
	pthread_t thread;
	int epoll_fd;
	struct front_parts parts;
	struct mailbox mailbox;
	struct dispatch *dispatch;
	struct conn *all;     /* every connection */
	struct conn *dropped; /* in this turn */
	size_t n_conns;
	size_t n_awaited; /* busy connections that have something to read */
	size_t body_room; /* bytes set aside for long bodies */
	struct conn_list arriving;  /* incomplete requests */
	struct conn_list seatless;  /* bodies no worker may wait for yet */
	struct conn_list sending;   /* peers that do not read */
	struct conn_list lingering; /* answered for good */
	bool accepting;
	int64_t accept_ms; /* no descriptors left: when to try again, or 0 */
	int64_t told_ms;   /* when that was last logged, or 0 */
	atomic_bool stopping;
	int64_t stop_ms; /* when the drain began, 0: not yet */
	int64_t log_ms;  /* when to write the access log; INT64_MAX: no line */
	int64_t now_ms;
	_Atomic int64_t seen_ms; /* now_ms, for others; INT64_MAX: ended */
	char *scratch;
	size_t scratch_bytes;
};

/* A connection that was accepted: watched from now on. */
void front_add(struct front *f, int fd);

/* Closes it; only while none of its requests is in work. It is freed at the end
 * of the turn, which may hold an event of it. */
void front_drop(struct front *f, struct conn *c);
void front_free_dropped(struct front *f);

/* What epoll says of it. */
void front_event(struct front *f, struct conn *c, uint32_t events);

/* Bytes may have arrived: begins the request that is complete, if any. */
void front_look(struct front *f, struct conn *c);

/* Bytes may be left: to watch it anew makes them an event of the next turn,
 * behind everyone else's. */
void front_look_again(struct front *f, struct conn *c);

/* Its timer ran out. */
void front_give_up(struct front *f, struct conn *c);

/* The call is the front's again: it waits for its body, or for its peer to
 * read, or its answer was sent or cannot be; then it is released. */
void front_call_ended(struct front *f, struct call *call);

/* Every stage before the upstream let the call pass: its body may come. */
void front_body_begin(struct front *f, struct call *call);

/* More of a long body may have arrived. */
void front_body_look(struct front *f, struct conn *c);

/* It did not arrive in time, or no worker had time for it. */
void front_body_late(struct front *f, struct conn *c);

/* Begins with bodies that wait for a seat, as many as there are. */
void front_body_seat(struct front *f);

/* Its request has ended: gives back the room that was set aside for it. False:
 * the connection cannot be used any more. */
bool front_body_end(struct front *f, struct conn *c);

/* Watches a connection for other events than before; false: it cannot be used
 * any more. */
#define CONN_EVENTS (EPOLLIN | EPOLLRDHUP | EPOLLET)
bool front_rewatch(struct front *f, struct conn *c, uint32_t events);

/* Watches a descriptor in the front's loop; `what` comes with its events. */
bool front_watch(struct front *f, int fd, uint32_t events, void *what);

/* Takes connections, if it does not already and is not stopping. */
void front_accept_begin(struct front *f);

#endif
