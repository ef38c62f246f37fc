#include "drivers/cache/redis_queue.h"

#include <stdlib.h>

#define SIZE_FIRST 64u

static struct redis_command *
at(const struct redis_queue *queue, size_t i)
{
	return &queue->ring[(queue->first + i) & (queue->size - 1)];
}

static void
grow(struct redis_queue *queue)
{
	size_t size = queue->size == 0 ? SIZE_FIRST : queue->size * 2;
	struct redis_command *ring = malloc(size * sizeof(ring[0]));

	if (ring == NULL)
		abort();
	for (size_t i = 0; i < queue->n; i++)
		ring[i] = *at(queue, i);
	free(queue->ring);
	queue->ring = ring;
	queue->size = size;
	queue->first = 0;
}

void
redis_queue_add(struct redis_queue *queue, const struct redis_command *command)
{
	if (queue->n == queue->size)
		grow(queue);
	*at(queue, queue->n) = *command;
	queue->n++;
}

struct redis_command *
redis_queue_first(const struct redis_queue *queue)
{
	return queue->n == 0 ? NULL : at(queue, 0);
}

struct redis_command
redis_queue_take(struct redis_queue *queue)
{
	struct redis_command first = *at(queue, 0);

	queue->first = (queue->first + 1) & (queue->size - 1);
	queue->n--;
	return first;
}

bool
redis_queue_holds(const struct redis_queue *queue, const struct redis_run *run)
{
	for (size_t i = 0; i < queue->n; i++)
		if (at(queue, i)->run == run)
			return true;
	return false;
}

void
redis_queue_free(struct redis_queue *queue)
{
	free(queue->ring);
	*queue = (struct redis_queue){ 0 };
}
