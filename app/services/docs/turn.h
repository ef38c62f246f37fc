/*
 * One document is made at a time in a process: it takes several times its
 * length in memory, and a processor.
 */
#ifndef WEIR_SERVICES_DOCS_TURN_H
#define WEIR_SERVICES_DOCS_TURN_H

#include <stdbool.h>

struct request;

/* Waits until no other is made, for TURN_MS at the most and not longer than the
 * deadline and the client of the request do. False: the response is 503. */
bool turn_take(struct request *req);
void turn_give(void);

/* Who has the turn may wait for a database, and those who wait hold workers. */
#define TURN_MS 2000

#endif
