/*
 * The commands of one server: the bytes that are to be written, and who waits
 * for the answers, in order. Positions count all bytes of commands, ever.
 */
#ifndef WEIR_CACHE_REDIS_PIPE_H
#define WEIR_CACHE_REDIS_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "drivers/cache/redis_queue.h"

struct redis_link;

struct redis_pipe {
	struct redis_queue queue;
	struct buf out;    /* commands; the caller appends */
	size_t out_at;     /* the first byte of it that was not written */
	uint64_t written;  /* the position of that byte */
	uint64_t answered; /* the end of the last command that was taken */
	/* What redis_command says of those that are put now. */
	uint8_t hops;
	bool asking;
};

/* Before a command of an operation is appended to out. */
void redis_pipe_begin(struct redis_pipe *pipe);

/* One whole command now ends out. run (NULL: nobody) is held for it. */
void redis_pipe_add(struct redis_pipe *pipe, struct redis_run *run,
    redis_answer_f *answer, void *arg, struct arena *arena);

/* Takes the first command that waits; there must be one. */
struct redis_command redis_pipe_take(struct redis_pipe *pipe);

/* Whether the first that waits has been written, in part or whole. False also
 * when none waits. */
bool redis_pipe_exposed(const struct redis_pipe *pipe);

/* After commands were taken that were not written: drops their bytes. */
void redis_pipe_cut(struct redis_pipe *pipe);

bool redis_pipe_pending(const struct redis_pipe *pipe);

/* ST_OK: all is written; ST_MISSING: no more can be now; ST_UNAVAILABLE: the
 * link has ended. */
enum status redis_pipe_write(
    struct redis_pipe *pipe, struct redis_link *link, struct error *err);

void redis_pipe_free(struct redis_pipe *pipe);

#endif
