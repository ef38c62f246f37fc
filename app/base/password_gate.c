#include "app/base/password_gate.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/cond.h"

#define SAY "too many are logging in at this moment: try again in a second"

struct password_gate {
	pthread_mutex_t lock;
	pthread_cond_t room;
	size_t most;  /* may be inside */
	size_t queue; /* may wait */
	size_t inside;
	size_t waiting;
};

struct password_gate *
password_gate_new(size_t workers)
{
	struct password_gate *gate = calloc(1, sizeof(*gate));

	if (gate == NULL)
		abort();
	(void)pthread_mutex_init(&gate->lock, NULL);
	cond_open(&gate->room);
	gate->most = workers < 2 ? 1 : workers / 2;
	gate->queue = workers / 4;
	return gate;
}

void
password_gate_free(struct password_gate *gate)
{
	if (gate == NULL)
		return;
	(void)pthread_cond_destroy(&gate->room);
	(void)pthread_mutex_destroy(&gate->lock);
	free(gate);
}

/* Waits under the lock for a place. */
static enum status
place_wait(struct password_gate *gate, int64_t deadline_ms)
{
	int64_t left_ms = deadline_ms - clock_boot_ms();
	struct timespec moment = cond_after(left_ms < 0 ? 0 : left_ms);
	bool early = true;

	gate->waiting++;
	while (gate->inside >= gate->most && early)
		early = cond_wait_until(&gate->room, &gate->lock, &moment);
	gate->waiting--;
	return gate->inside < gate->most ? ST_OK : ST_TIMEOUT;
}

enum status
password_gate_enter(
    struct password_gate *gate, int64_t deadline_ms, struct error *err)
{
	enum status st = ST_OK;

	(void)pthread_mutex_lock(&gate->lock);
	if (gate->inside >= gate->most)
		st = gate->waiting < gate->queue ? place_wait(gate, deadline_ms)
						 : ST_FULL;
	if (st == ST_OK)
		gate->inside++;
	(void)pthread_mutex_unlock(&gate->lock);
	return st == ST_OK ? st : error_set(err, st, SAY);
}

void
password_gate_leave(struct password_gate *gate)
{
	(void)pthread_mutex_lock(&gate->lock);
	gate->inside--;
	(void)pthread_cond_signal(&gate->room);
	(void)pthread_mutex_unlock(&gate->lock);
}
