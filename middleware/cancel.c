#include "middleware/cancel.h"

#include <assert.h>
#include <stddef.h>

void
cancel_open(struct cancel *c)
{
	(void)pthread_mutex_init(&c->lock, NULL);
	cancel_reset(c);
}

void
cancel_close(struct cancel *c)
{
	assert(c->end == NULL);
	(void)pthread_mutex_destroy(&c->lock);
}

void
cancel_reset(struct cancel *c)
{
	atomic_init(&c->asked, false);
	c->end = NULL;
	c->what = NULL;
}

bool
cancel_arm(struct cancel *c, cancel_f *end, void *what)
{
	bool armed;

	if (c == NULL)
		return true;
	(void)pthread_mutex_lock(&c->lock);
	assert(c->end == NULL);
	armed = !atomic_load(&c->asked);
	if (armed) {
		c->end = end;
		c->what = what;
	}
	(void)pthread_mutex_unlock(&c->lock);
	return armed;
}

bool
cancel_disarm(struct cancel *c)
{
	bool ended;

	if (c == NULL)
		return false;
	(void)pthread_mutex_lock(&c->lock);
	ended = c->end != NULL && atomic_load(&c->asked);
	c->end = NULL;
	c->what = NULL;
	(void)pthread_mutex_unlock(&c->lock);
	return ended;
}

bool
cancel_asked(struct cancel *c)
{
	return c != NULL && atomic_load(&c->asked);
}

/* The lock is held over `end`: what it ends is there until it is disarmed. */
void
cancel_ask(struct cancel *c)
{
	(void)pthread_mutex_lock(&c->lock);
	if (!atomic_exchange(&c->asked, true) && c->end != NULL)
		c->end(c->what);
	(void)pthread_mutex_unlock(&c->lock);
}
