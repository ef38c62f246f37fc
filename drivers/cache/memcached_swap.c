#include "drivers/cache/memcached_swap.h"

#include <time.h>

#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_lookup.h"

#define EAGER    3 /* attempts without a pause */
#define PAUSE_NS 100000L
#define PAUSES   20 /* it grows to so many */

enum status
memcached_swap(const struct memcached_lookup *l, struct str item, uint32_t form,
    time_t expiry)
{
	const struct memcached_name *name = &l->name;
	struct memcached_link *link = l->link;
	memcached_return_t rc;

	if (!memcached_link_begin(link))
		return link->failure;
	if (l->status == ST_MISSING)
		rc = memcached_add(link->handle, name->text, name->n, item.p,
		    item.n, expiry, form);
	else
		rc = memcached_cas(link->handle, name->text, name->n, item.p,
		    item.n, expiry, form, l->cas);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc == MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE)
		return ST_FULL;
	return rc == MEMCACHED_SUCCESS ? ST_OK : ST_STALE;
}

void
memcached_swap_pause(unsigned attempt)
{
	struct timespec time = {
		.tv_nsec = PAUSE_NS * (attempt < PAUSES ? attempt : PAUSES)
	};

	if (attempt > EAGER)
		(void)nanosleep(&time, NULL); /* shorter is fine */
}
