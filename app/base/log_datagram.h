/*
 * Lines as datagrams to a unix socket: of syslog as the C library words them,
 * or with fields, of systemd's journal (systemd.io/JOURNAL_NATIVE_PROTOCOL).
 * Both libraries wait for a receiver that is busy; this never does. No
 * connection is kept, so a receiver that comes back is found at once.
 */
#ifndef WEIR_BASE_LOG_DATAGRAM_H
#define WEIR_BASE_LOG_DATAGRAM_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "app/base/log.h"
#include "app/base/log_place.h"

struct log_datagram {
	int fd; /* a socket that is not connected */
	struct sockaddr_un to;
	socklen_t to_bytes;
};

/* ST_INVALID: its path is no path of a socket. Whether anybody listens there
 * shows when a line is sent. */
enum status log_datagram_open(
    struct log_datagram *d, const struct log_place *place, struct error *err);

/* ST_UNAVAILABLE: nobody takes lines there now, and why. */
enum status log_datagram_probe(const struct log_datagram *d, struct error *err);

void log_datagram_close(struct log_datagram *d);

/*
 * False, with errno, when the receiver is not there or full. line: without its
 * end; fields: what the journal is told beside it, "NAME=value\n" each.
 * facility: as log_facility() has it.
 */
bool log_datagram_send(const struct log_datagram *d, enum log_kind kind,
    const struct log_record *record, int facility);

#endif
