/*
 * The listening socket: inherited as fd 0 (spawn-fcgi, mod_fcgid, lighttpd),
 * handed over by systemd (LISTEN_FDS), or made from LISTEN.
 */
#ifndef WEIR_LISTEN_H
#define WEIR_LISTEN_H

#include <stdbool.h>

#include "app/base/status.h"

struct settings;

struct listener {
	int fd;
	bool shared;      /* inherited: other processes may hold it, too */
	const char *path; /* of a unix socket made here, removed at the end */
	char name[160];   /* "unix:/run/weir.sock", for logs */
};

/* Is this descriptor a listening socket? */
bool listen_is_socket(int fd);

/*
 * Opens the socket the settings and the environment say. ST_INVALID when
 * there is none to be had or another process listens there, with what to do
 * about it in err.
 */
enum status listen_open(
    const struct settings *settings, struct listener *out, struct error *err);

/* Takes a unix socket that was made here off the file system, so that nobody
 * connects any more. */
void listen_withdraw(struct listener *l);

/* Withdraws it and closes it in this process only: others may share it. */
void listen_close(struct listener *l);

#endif
