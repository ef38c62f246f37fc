/* What a node of a cluster says instead of an answer: that another has the key,
 * or that it cannot tell now. */
#ifndef WEIR_CACHE_REDIS_REDIRECT_H
#define WEIR_CACHE_REDIS_REDIRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/cache/redis_host.h"

struct redis_reply;

enum redis_redirect {
	REDIS_STAYS,    /* none: it is an answer */
	REDIS_MOVED,    /* the slot is another's */
	REDIS_ASK,      /* the slot is on its way to another, the key may be
			 * there: ask that once, after ASKING */
	REDIS_TRYAGAIN, /* the keys of a command are at both now */
	REDIS_DOWN      /* the cluster does not work as a whole */
};

struct redis_target {
	struct redis_host host;
	uint16_t slot;
};

/* An address as nodes write it, "HOST:PORT". A node that does not know its own
 * name leaves HOST out, and means the one by which it was reached. */
bool redis_address_read(
    struct str text, const struct redis_host *asked, struct redis_host *out);

/* asked: who says so. MOVED and ASK fill *out; what is none of the forms is an
 * answer. */
enum redis_redirect redis_redirect_of(const struct redis_reply *reply,
    const struct redis_host *asked, struct redis_target *out);

#endif
