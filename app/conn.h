/*
 * A connection of the web server. The front reads what has arrived: a request
 * that is whole is parsed where it was read to, an incomplete one is moved into
 * `in` and waits there, without a thread, under a timer.
 */
#ifndef WEIR_CONN_H
#define WEIR_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "app/fcgi_record.h"

struct call;
struct settings;

/* A request with a body above this is judged before the body has arrived. */
#define CONN_BODY_WAIT 65536u

enum conn_state {
	CONN_READING,   /* between requests, or within one that arrives */
	CONN_BODY,      /* its request may run once the body has arrived */
	CONN_SEATLESS,  /* or once a worker may wait for the body */
	CONN_BUSY,      /* its request is in work */
	CONN_SENDING,   /* the rest of its answer waits for the peer */
	CONN_LINGERING, /* answered for good; unread bytes are thrown away */
	CONN_DROPPED    /* to be freed */
};

struct conn {
	int fd;
	enum conn_state state;
	bool readable;    /* bytes may have arrived since the last look */
	bool again;       /* its turn ended before its bytes did */
	bool close_after; /* close when the request in work is answered */
	bool gone;        /* nobody will read the answer */
	bool drawn;       /* a worker reads from it */
	bool awaited;     /* it is busy, and its peer has sent or gone since */
	struct record_scan scan;
	struct buf in;      /* bytes of an incomplete request; on the heap */
	struct buf body;    /* a long body; on the heap */
	size_t body_room;   /* bytes set aside for it: as announced */
	struct call *call;  /* of the request in work, or NULL */
	int64_t give_up_ms; /* clock_boot_ms() when its wait ends */
	struct conn_list *list;           /* the timer list it is in, or NULL */
	struct conn *prev, *next;         /* in that list */
	struct conn *all_prev, *all_next; /* in the front's list of all */
};

/* A doubly linked list of connections whose timers run out in order. */
struct conn_list {
	struct conn *head, *tail;
};

void conn_list_add(struct conn_list *list, struct conn *c, int64_t give_up_ms);
void conn_list_remove(struct conn *c);

struct conn *conn_new(int fd);

/* Closes the descriptor too. */
void conn_free(struct conn *c);

/* Bytes to read in one go: room for every request that may wait whole. */
size_t conn_scratch_bytes(const struct settings *settings);

/*
 * Reads what has arrived. RECORD_READY: a whole request is there, in scratch
 * when c->in is empty, else in c->in. RECORD_LONG: its parameters and part of
 * its body are in c->in. RECORD_MORE: wait. RECORD_BAD: close.
 * RECORD_ABORTED, RECORD_ROLE, RECORD_OVERSIZE: answer so, then close.
 */
enum record_verdict conn_look(struct conn *c, const struct settings *settings,
    char *scratch, size_t scratch_bytes);

/* The request has ended: the next look begins a new one. */
void conn_next_request(struct conn *c);

/* After RECORD_LONG: what is left in c->in, and what arrives from here on, is
 * body. */
void conn_begin_body(struct conn *c);

/*
 * Moves what has arrived of a long body to c->body. ST_OK: it is complete;
 * ST_MISSING: more must arrive, or c->again; ST_TOO_BIG above
 * c->body_room; ST_UNAVAILABLE when the web server gave up or broke the
 * protocol.
 */
enum status conn_gather_body(struct conn *c);

/* Behind the request in work, which has been read whole, the web server has
 * sent its abort. */
bool conn_is_aborted(const struct conn *c);

/* No byte has arrived that was not taken. */
bool conn_is_silent(const struct conn *c);

/* Throws away what has arrived, or c->again; false once the peer has closed. */
bool conn_discard(struct conn *c, char *scratch, size_t scratch_bytes);

#endif
