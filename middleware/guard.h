/*
 * The brute-force guard (contract.md section 5): how often who calls may fail
 * to prove who it is, per address of a client (AUTH_FAILURES). It only ever
 * sees failures: a right credential passes, whatever its neighbours behind the
 * same address do, and costs nothing.
 */
#ifndef WEIR_GUARD_H
#define WEIR_GUARD_H

#include <stdbool.h>

struct request;

/*
 * Any thread, of a request whose key, token or password is wrong: counts that.
 * False, and the answer is 429, when too many from its address have failed. A
 * request counts once, whatever else is wrong of it, and a command of the
 * operator never.
 */
bool guard_allows(struct request *req);

/* The same; and who may fail still is answered 401 with the message. */
void guard_refuse(struct request *req, const char *message);

#endif
