#include "drivers/db/mysql_helper.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/base/cond.h"
#include "app/base/thread.h"
#include "drivers/db/mysql_lib.h"

#define HELPERS_MAX 32
#define WAIT_MS     2000

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_key;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t ended;
	unsigned n;
} helpers = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct task {
	void (*f)(void *arg);
	void *arg;
};

static void
thread_end(void *arg)
{
	(void)arg;
	mysql_thread_end();
}

/* What the libraries free at the exit must not be in use any more. */
static void
helpers_wait(void)
{
	struct timespec until = cond_after(WAIT_MS);
	bool waits = true;

	(void)pthread_mutex_lock(&helpers.lock);
	while (helpers.n > 0 && waits)
		waits = cond_wait_until(&helpers.ended, &helpers.lock, &until);
	(void)pthread_mutex_unlock(&helpers.lock);
}

static void
library_init(void)
{
	cond_open(&helpers.ended);
	if (mysql_library_init(0, NULL, NULL) != 0 ||
	    pthread_key_create(&thread_key, thread_end) != 0 ||
	    atexit(helpers_wait) != 0)
		abort();
}

void
mysql_library_use(void)
{
	(void)pthread_once(&library_once, library_init);
	if (pthread_getspecific(thread_key) != NULL)
		return;
	(void)mysql_thread_init(); /* fails without memory, then all does */
	(void)pthread_setspecific(thread_key, &thread_key);
}

static void *
helper_main(void *arg)
{
	struct task task = *(struct task *)arg;

	free(arg);
	mysql_library_use();
	task.f(task.arg);
	(void)pthread_mutex_lock(&helpers.lock);
	helpers.n--;
	(void)pthread_cond_broadcast(&helpers.ended);
	(void)pthread_mutex_unlock(&helpers.lock);
	return NULL;
}

bool
mysql_helper_start(void (*f)(void *arg), void *arg)
{
	struct task *task = malloc(sizeof(*task));
	bool started = false;

	if (task == NULL)
		abort();
	*task = (struct task){ f, arg };
	(void)pthread_mutex_lock(&helpers.lock);
	if (helpers.n < HELPERS_MAX &&
	    thread_start_detached(helper_main, task)) {
		helpers.n++;
		started = true;
	}
	(void)pthread_mutex_unlock(&helpers.lock);
	if (!started)
		free(task);
	return started;
}
