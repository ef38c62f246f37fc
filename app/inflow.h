/*
 * A worker's way in for a body that its service reads while it arrives
 * (middleware/body.h): the content of STDIN records, as the socket has them. A
 * worker that reads so has a seat, which its front took for it.
 */
#ifndef WEIR_INFLOW_H
#define WEIR_INFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "middleware/body.h"

struct call;
struct seats;

struct inflow {
	struct body_source source; /* first: the request points to it */
	struct call *call;
	struct seats *seats; /* whence it has a seat; NULL: it has none */
	size_t at;           /* bytes of conn->in that are taken */
	size_t content;      /* bytes of the record that are left */
	size_t padding;      /* and behind them */
	int64_t base_ms;     /* its deadline, were it there at once */
	int64_t bytes;       /* of the body, that have been taken */
	bool last;           /* the record that ends the body is here */
	bool ended;          /* and nothing of it is left */
};

/* Front: the call has a seat, and the body in conn->in and in the socket is a
 * worker's from here on. */
void inflow_begin(
    struct inflow *in, struct call *call, struct seats *seats, int64_t now_ms);

/* Gives the seat back, if there is one. */
void inflow_end(struct inflow *in);

#endif
