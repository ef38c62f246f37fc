/* The one descriptor of a node that its connection's epoll watches now; its
 * events point to this. */
#ifndef WEIR_CACHE_REDIS_WATCH_H
#define WEIR_CACHE_REDIS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct redis_watch {
	int epoll;
	int fd; /* -1: none */
	uint32_t interest;
	bool ready; /* of its connection: the epoll has named it */
};

/* Watches fd for interest (EPOLLIN, EPOLLOUT), instead of what was watched. */
void redis_watch_set(struct redis_watch *watch, int fd, uint32_t interest);

/* Nothing: to be called before the descriptor is closed. */
void redis_watch_end(struct redis_watch *watch);

#endif
