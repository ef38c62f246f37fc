/*
 * The brute-force guard (contract.md section 5): how often who calls may fail
 * to prove who it is, per address of a client (AUTH_FAILURES). It only ever
 * sees failures: a right credential passes, whatever its neighbours behind the
 * same address do, and costs nothing.
 */
#ifndef WEIR_GUARD_H
#define WEIR_GUARD_H

struct request;

/*
 * Any thread, of a request whose key, token or password is wrong: counts that,
 * and answers 401 with the message; or 429 when too many from its address have
 * failed. A command of the operator is never counted.
 */
void guard_refuse(struct request *req, const char *message);

#endif
