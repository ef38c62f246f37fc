/*
 * One of the logs: where its lines go now. Nobody waits for who reads them:
 * what a pipe or a socket has no room for is dropped and counted.
 */
#ifndef WEIR_BASE_LOG_SINK_H
#define WEIR_BASE_LOG_SINK_H

#include <pthread.h>
#include <stdatomic.h>

#include "app/base/log_datagram.h"
#include "app/base/log_pause.h"

#define LOG_WHERE_BYTES 256

struct log_sink {
	const char *name;      /* "access log" */
	pthread_rwlock_t lock; /* of these five: who writes, reads them */
	enum log_kind kind;
	int fd;      /* of a stream; -1: none */
	bool stalls; /* no file: a reader may let it fill up */
	struct log_datagram datagram;
	int facility;
	atomic_bool on;        /* not LOG_NOWHERE */
	atomic_bool native;    /* LOG_JOURNAL */
	atomic_bool apart;     /* each line has a head of its receiver's */
	atomic_bool gathers;   /* a file: it takes any number of lines */
	atomic_ullong lost;    /* writes that found no room, not yet told */
	atomic_ullong dropped; /* the same since the start */
	atomic_int fault;      /* errno of the last of them; 0: no room */
	struct log_pause lost_pause;
	struct log_pause back_pause;
};

/* Before it is opened it is stderr. */
#define LOG_SINK(name_)                                                        \
	{                                                                      \
		.name = (name_), .lock = PTHREAD_RWLOCK_INITIALIZER,           \
		.kind = LOG_STDERR, .fd = STDERR_FILENO, .stalls = true,       \
		.datagram = { .fd = -1 },                                      \
	}

/* What log_sink_open() found, until it is used or given back. */
struct log_target {
	enum log_kind kind;
	int fd;
	struct log_datagram datagram;
};

enum status log_target_open(
    const char *path, struct log_target *out, struct error *err);
void log_target_close(struct log_target *t);

/* From now on it goes there; closes where it went before. */
void log_sink_use(
    struct log_sink *s, const struct log_target *target, int facility);

/*
 * Any thread: `text` is `n` lines, each with its end; records are the same one
 * by one, for who takes them so. False: some were lost.
 */
bool log_sink_write(struct log_sink *s, struct str text,
    const struct log_record *records, size_t n);

/* Where it goes and why it does not, for people: "/dev/log takes no lines:
 * Connection refused". */
const char *log_sink_fault(struct log_sink *s, char text[LOG_WHERE_BYTES]);

/* A line on stderr, when there is room: of a log that cannot be written. */
void log_sink_cry(struct str line);

#endif
