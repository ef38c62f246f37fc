#include "app/mailbox.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/call.h"

enum status
mailbox_open(struct mailbox *box, struct error *err)
{
	atomic_init(&box->newest, NULL);
	atomic_init(&box->told, NULL);
	atomic_init(&box->sleep, MAILBOX_AWAKE);
	box->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (box->event_fd < 0)
		return error_set(err, ST_ERROR, "eventfd: %s", strerror(errno));
	return ST_OK;
}

void
mailbox_close(struct mailbox *box)
{
	(void)close(box->event_fd);
}

void
mailbox_wake(struct mailbox *box)
{
	uint64_t one = 1;

	/* Fails only when the counter is full, after centuries. */
	(void)!write(box->event_fd, &one, sizeof(one));
}

/* A taker that is awake looks into the box before it sleeps, and the exchange
 * comes after the post: one of the two sees the other. */
static void
wake_sleeper(struct mailbox *box, bool urgent)
{
	enum mailbox_sleep how = atomic_load(&box->sleep);

	if (how == MAILBOX_AWAKE || (how == MAILBOX_DEEP && !urgent))
		return;
	if (atomic_exchange(&box->sleep, MAILBOX_AWAKE) != MAILBOX_AWAKE)
		mailbox_wake(box);
}

bool
mailbox_sleep(struct mailbox *box, enum mailbox_sleep how)
{
	atomic_store(&box->sleep, how);
	if (!mailbox_holds(box))
		return true;
	mailbox_rise(box);
	return false;
}

void
mailbox_rise(struct mailbox *box)
{
	atomic_store(&box->sleep, MAILBOX_AWAKE);
}

bool
mailbox_holds(const struct mailbox *box)
{
	return atomic_load(&box->newest) != NULL ||
	       atomic_load(&box->told) != NULL;
}

void
mailbox_post(struct mailbox *box, struct call *call, bool urgent)
{
	struct call *newest = atomic_load(&box->newest);

	do {
		call->next = newest;
	} while (!atomic_compare_exchange_weak(&box->newest, &newest, call));
	wake_sleeper(box, urgent);
}

void
mailbox_tell(struct mailbox *box, struct call *call)
{
	struct call *told = atomic_load(&box->told);

	do {
		call->told_next = told;
	} while (!atomic_compare_exchange_weak(&box->told, &told, call));
	wake_sleeper(box, true);
}

struct call *
mailbox_told(struct mailbox *box)
{
	return atomic_exchange(&box->told, NULL);
}

struct call *
mailbox_take(struct mailbox *box)
{
	struct call *call = atomic_exchange(&box->newest, NULL);
	struct call *oldest = NULL;

	while (call != NULL) {
		struct call *older = call->next;

		call->next = oldest;
		oldest = call;
		call = older;
	}
	return oldest;
}
