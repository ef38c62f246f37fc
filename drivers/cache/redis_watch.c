#include "drivers/cache/redis_watch.h"

#include <stddef.h>
#include <sys/epoll.h>

/* Of descriptors that are open, epoll_ctl() fails for a lack of memory only,
 * which then shows as a time-out. */

void
redis_watch_end(struct redis_watch *watch)
{
	if (watch->fd >= 0)
		(void)epoll_ctl(watch->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->fd = -1;
}

void
redis_watch_set(struct redis_watch *watch, int fd, uint32_t interest)
{
	struct epoll_event event = { .events = interest, .data.ptr = watch };
	int how = EPOLL_CTL_MOD;

	if (fd == watch->fd && interest == watch->interest)
		return;
	if (fd != watch->fd) {
		redis_watch_end(watch);
		how = EPOLL_CTL_ADD;
	}
	(void)epoll_ctl(watch->epoll, how, fd, &event);
	watch->fd = fd;
	watch->interest = interest;
}
