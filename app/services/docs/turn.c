#include "app/services/docs/turn.h"

#include <pthread.h>
#include <time.h>

#include "app/base/clock.h"
#include "middleware/cancel.h"
#include "middleware/request.h"

/* How often who waits looks for the turn and for its client. */
#define LOOK_NS 5000000

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

bool
turn_take(struct request *req)
{
	static const struct timespec look = { .tv_nsec = LOOK_NS };
	int64_t end_ms = clock_boot_ms() + TURN_MS;

	if (req->deadline_ms != 0 && req->deadline_ms < end_ms)
		end_ms = req->deadline_ms;
	while (pthread_mutex_trylock(&turn) != 0) {
		if (clock_boot_ms() >= end_ms || cancel_asked(req->cancel)) {
			response_busy(req, "Other API documents are being made "
					   "now. Try again later.");
			return false;
		}
		(void)nanosleep(&look, NULL); /* interrupted: looks sooner */
	}
	return true;
}

void
turn_give(void)
{
	(void)pthread_mutex_unlock(&turn);
}
