/* Servers as people name them: HOST, HOST:PORT, [IPV6]:PORT. */
#ifndef WEIR_BASE_HOST_H
#define WEIR_BASE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

#define HOST_BYTES    256 /* of a name, with a NUL behind it */
#define HOST_PORT_MAX 65535

/*
 * The name, without brackets and blanks around it, and the port, which stays
 * as it is when none is named. False: it is neither of the forms, or no server
 * can be called so.
 */
bool host_read(struct str text, struct str *name, int64_t *port);

/* Can a server be called so, and listen there? */
bool host_is_sound(struct str name, int64_t port);

#endif
