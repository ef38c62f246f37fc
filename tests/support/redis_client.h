/* A plain client of a Redis server, for what tests do to it themselves. */
#ifndef WEIR_TEST_REDIS_CLIENT_H
#define WEIR_TEST_REDIS_CLIENT_H

#include <stddef.h>

#define REDIS_CLIENT_BYTES 65536

struct redis_client {
	int port;
	int fd;      /* -1: not connected */
	size_t used; /* of bytes: what has come and was not read yet */
	char bytes[REDIS_CLIENT_BYTES];
	size_t said_n;
	char said[REDIS_CLIENT_BYTES];
};

/* It speaks to a port of loopback. */
void redis_client_open(struct redis_client *c, int port);
void redis_client_close(struct redis_client *c);

/*
 * Sends a command, given as words with blanks between them, and returns the
 * answer, until the next call: errors begin with "-", the elements of arrays
 * stand in lines, what is nothing is empty. NULL: the server is away. A server
 * that was restarted is found again.
 */
const char *redis_client_ask(struct redis_client *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
