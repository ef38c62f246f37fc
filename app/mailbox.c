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

	/* Fails only when the counter is full, and then it is readable. */
	(void)!write(box->event_fd, &one, sizeof(one));
}

void
mailbox_post(struct mailbox *box, struct call *call)
{
	struct call *newest = atomic_load(&box->newest);

	do {
		call->next = newest;
	} while (!atomic_compare_exchange_weak(&box->newest, &newest, call));
	/* Whoever posts into an empty box wakes; the rest ride along. */
	if (newest == NULL)
		mailbox_wake(box);
}

void
mailbox_tell(struct mailbox *box, struct call *call)
{
	struct call *told = atomic_load(&box->told);

	do {
		call->told_next = told;
	} while (!atomic_compare_exchange_weak(&box->told, &told, call));
	mailbox_wake(box);
}

struct call *
mailbox_told(struct mailbox *box)
{
	return atomic_exchange(&box->told, NULL);
}

struct call *
mailbox_take(struct mailbox *box)
{
	uint64_t count;
	struct call *call, *oldest = NULL;

	(void)!read(box->event_fd, &count, sizeof(count));
	call = atomic_exchange(&box->newest, NULL);
	while (call != NULL) {
		struct call *older = call->next;

		call->next = oldest;
		oldest = call;
		call = older;
	}
	return oldest;
}
