/* Where servers are: what the settings write, and what the system makes of
 * it. */
#ifndef WEIR_CACHE_REDIS_HOST_H
#define WEIR_CACHE_REDIS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "app/base/host.h"
#include "app/base/status.h"
#include "app/base/str.h"

#define REDIS_HOST_BYTES   HOST_BYTES
#define REDIS_SERVER_BYTES (REDIS_HOST_BYTES + 24)

/* As it is written. */
struct redis_host {
	char name[REDIS_HOST_BYTES]; /* or the path of a unix socket */
	uint16_t port;               /* 0: a unix socket */
	bool sentinel;               /* not a server of values */
};

/* As it is connected to. */
struct redis_place {
	struct sockaddr_storage at;
	socklen_t n;
};

/*
 * Reads "HOST[:PORT],..." into at most max hosts; IPv6 addresses with a port
 * stand in brackets. ST_INVALID with an error that names the setting.
 */
enum status redis_hosts_read(struct str text, int64_t port, const char *setting,
    struct redis_host *out, size_t max, size_t *n, struct error *err);

/* As a server names another. False: it cannot be one. */
bool redis_host_make(struct str name, int64_t port, struct redis_host *out);

/* ST_INVALID when the path is too long. */
enum status redis_host_socket(
    const char *path, struct redis_host *out, struct error *err);

bool redis_host_same(const struct redis_host *a, const struct redis_host *b);

/* For people: "HOST:PORT", "sentinel HOST:PORT" or the path, NUL-terminated. */
void redis_host_show(
    const struct redis_host *host, char out[REDIS_SERVER_BYTES]);

/* True when the host needs no look-up: a numeric address or a socket. */
bool redis_host_place(const struct redis_host *host, struct redis_place *out);

#endif
