#include "app/base/socket_watch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/cond.h"
#include "app/base/thread.h"

#define NAP_MS 50
#define PASSED (-1) /* in until_ms: the deadline passed */

/*
 * life is held over the start and the end of the thread, lock around the list.
 * asleep is true when nothing ran at the last look: then a call that
 * begins rings.
 */
static struct {
	pthread_mutex_t life;
	pthread_mutex_t lock;
	pthread_cond_t bell;
	pthread_t thread;
	atomic_bool asleep;
	bool stop;
	struct socket_watch *first;
} dog = { .life = PTHREAD_MUTEX_INITIALIZER,
	.lock = PTHREAD_MUTEX_INITIALIZER };

void
socket_watch_cut(struct socket_watch *w)
{
	(void)pthread_mutex_lock(&w->lock);
	if (w->fd >= 0)
		(void)shutdown(w->fd, SHUT_RDWR); /* may be gone already */
	(void)pthread_mutex_unlock(&w->lock);
}

void
socket_watch_interrupt(struct socket_watch *w)
{
	atomic_store(&w->interrupted, true);
	socket_watch_cut(w);
}

bool
socket_watch_fd(struct socket_watch *w, int fd)
{
	bool watched;

	(void)pthread_mutex_lock(&w->lock);
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	watched = w->fd >= 0;
	(void)pthread_mutex_unlock(&w->lock);
	return watched;
}

/* The nearest deadline, 0 when nothing runs; the passed ones are cut. */
static int64_t
look_around(int64_t now_ms)
{
	int64_t nearest = 0;

	for (struct socket_watch *w = dog.first; w != NULL; w = w->next) {
		int64_t until = atomic_load(&w->until_ms);

		if (until <= 0)
			continue;
		if (until > now_ms) {
			if (nearest == 0 || until < nearest)
				nearest = until;
		} else if (atomic_compare_exchange_strong(
			       &w->until_ms, &until, PASSED)) {
			socket_watch_cut(w);
		}
	}
	return nearest;
}

static void
nap(int64_t ms)
{
	struct timespec until = cond_after(ms);

	(void)cond_wait_until(&dog.bell, &dog.lock, &until);
}

static void *
dog_main(void *arg)
{
	(void)pthread_mutex_lock(&dog.lock);
	while (!dog.stop) {
		int64_t now = clock_boot_ms();
		int64_t nearest = look_around(now);

		if (nearest > 0) {
			nap(nearest - now < NAP_MS ? nearest - now : NAP_MS);
			continue;
		}
		atomic_store(&dog.asleep, true);
		/* What began just before rang nobody. */
		if (look_around(now) == 0)
			(void)pthread_cond_wait(&dog.bell, &dog.lock);
		atomic_store(&dog.asleep, false);
	}
	(void)pthread_mutex_unlock(&dog.lock);
	return arg;
}

static void
dog_start(void)
{
	dog.stop = false;
	cond_open(&dog.bell);
	if (!thread_start(dog_main, NULL, &dog.thread))
		abort();
}

static void
dog_ring(void)
{
	(void)pthread_mutex_lock(&dog.lock);
	(void)pthread_cond_signal(&dog.bell);
	(void)pthread_mutex_unlock(&dog.lock);
}

static void
dog_end(void)
{
	(void)pthread_mutex_lock(&dog.lock);
	dog.stop = true;
	(void)pthread_cond_signal(&dog.bell);
	(void)pthread_mutex_unlock(&dog.lock);
	(void)pthread_join(dog.thread, NULL);
	(void)pthread_cond_destroy(&dog.bell);
}

void
socket_watch_open(struct socket_watch *w)
{
	bool first;

	atomic_init(&w->until_ms, 0);
	atomic_init(&w->interrupted, false);
	(void)pthread_mutex_init(&w->lock, NULL);
	w->fd = -1;
	(void)pthread_mutex_lock(&dog.life);
	(void)pthread_mutex_lock(&dog.lock);
	first = dog.first == NULL;
	w->previous = NULL;
	w->next = dog.first;
	if (!first)
		dog.first->previous = w;
	dog.first = w;
	(void)pthread_mutex_unlock(&dog.lock);
	if (first)
		dog_start();
	(void)pthread_mutex_unlock(&dog.life);
}

void
socket_watch_close(struct socket_watch *w)
{
	bool last;

	(void)pthread_mutex_lock(&dog.life);
	(void)pthread_mutex_lock(&dog.lock);
	if (w->next != NULL)
		w->next->previous = w->previous;
	if (w->previous != NULL)
		w->previous->next = w->next;
	else
		dog.first = w->next;
	last = dog.first == NULL;
	(void)pthread_mutex_unlock(&dog.lock);
	if (last)
		dog_end();
	(void)pthread_mutex_unlock(&dog.life);
	(void)pthread_mutex_destroy(&w->lock);
}

bool
socket_watch_begin(struct socket_watch *w, int64_t deadline_ms)
{
	if (atomic_load(&w->interrupted) || deadline_ms <= clock_boot_ms())
		return false;
	atomic_store(&w->until_ms, deadline_ms);
	if (atomic_load(&dog.asleep) && atomic_exchange(&dog.asleep, false))
		dog_ring();
	return true;
}

/* The watchdog wakes for the earlier one, and finds that there is time. */
void
socket_watch_prolong(struct socket_watch *w, int64_t deadline_ms)
{
	int64_t until_ms = atomic_load(&w->until_ms);

	if (until_ms > 0 && until_ms < deadline_ms)
		(void)atomic_compare_exchange_strong(
		    &w->until_ms, &until_ms, deadline_ms);
}

bool
socket_watch_end(struct socket_watch *w)
{
	return atomic_exchange(&w->until_ms, 0) != PASSED &&
	       !atomic_load(&w->interrupted);
}
