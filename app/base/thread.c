#include "app/base/thread.h"

#include <signal.h>

/* A thread begins with the mask of who starts it. */
bool
thread_start(thread_main_f *f, void *arg, pthread_t *out)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(out, NULL, f, arg);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc == 0;
}

bool
thread_start_detached(thread_main_f *f, void *arg)
{
	pthread_t thread;

	if (!thread_start(f, arg, &thread))
		return false;
	(void)pthread_detach(thread); /* cannot fail: nobody else knows it */
	return true;
}
