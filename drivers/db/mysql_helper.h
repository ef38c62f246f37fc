/*
 * Threads for what the client library cannot be made to end in time: a name
 * that does not resolve, a server that does not greet. Nobody waits for one
 * longer than its deadline; the process waits for the last of them when it
 * exits, for two seconds at most.
 */
#ifndef WEIR_DB_MYSQL_HELPER_H
#define WEIR_DB_MYSQL_HELPER_H

#include <stdbool.h>

/* Readies the client library and the calling thread for it; once and more. */
void mysql_library_use(void);

/* Runs f(arg) in a thread of its own, without signals; false: too many run,
 * or the system has no thread left. */
bool mysql_helper_start(void (*f)(void *arg), void *arg);

#endif
