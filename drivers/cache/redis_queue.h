/* The commands that one server has not answered, in their order. */
#ifndef WEIR_CACHE_REDIS_QUEUE_H
#define WEIR_CACHE_REDIS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct redis_command;
struct redis_node;
struct redis_reply;
struct redis_run;

/*
 * Takes the answer of a command; called exactly once for each. reply is NULL
 * when there will be none: run->status says why. May send more commands.
 */
typedef void redis_answer_f(struct redis_node *node,
    const struct redis_command *command, const struct redis_reply *reply);

struct redis_command {
	struct redis_run *run; /* waits for it; NULL: the node itself */
	redis_answer_f *answer;
	void *arg; /* of a batch's: the operation; NULL: its counters */
	struct arena *arena; /* where the answer is put, see redis_reply.h */
	uint64_t end;        /* of its bytes, in all that went to the server */
	/* Of a cluster, see redis_cluster.h. */
	uint8_t hops; /* how often it was sent on before */
	bool asking;  /* "ASKING" went before it */
};

/* A ring; zero is empty. */
struct redis_queue {
	struct redis_command *ring;
	size_t size; /* a power of two, or 0 */
	size_t first;
	size_t n;
};

void redis_queue_add(
    struct redis_queue *queue, const struct redis_command *command);

/* The first; NULL when there is none. Until the next call. */
struct redis_command *redis_queue_first(const struct redis_queue *queue);

/* Removes the first, which must be there. */
struct redis_command redis_queue_take(struct redis_queue *queue);

/* Whether a command of the run is in it. */
bool redis_queue_holds(
    const struct redis_queue *queue, const struct redis_run *run);

void redis_queue_free(struct redis_queue *queue);

#endif
