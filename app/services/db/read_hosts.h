/* read_hosts of a service on a server: which replicas answer its reads. */
#ifndef WEIR_SERVICES_DB_READ_HOSTS_H
#define WEIR_SERVICES_DB_READ_HOSTS_H

#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

#define READ_HOSTS_MAX 16

struct read_host {
	const char *name;
	int port;
};

struct read_hosts {
	struct read_host list[READ_HOSTS_MAX];
	size_t n;
};

/* "db2,db3:3307,[::1]:3308"; port is that of those that name none. An empty
 * text names none. Names live in the arena. ST_INVALID says which it is. */
enum status read_hosts_read(struct arena *arena, struct str text, int port,
    struct read_hosts *out, struct error *err);

#endif
