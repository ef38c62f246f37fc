#include "drivers/cache/redis_share.h"

#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_slot.h"

static bool
slot_read(const struct redis_reply *reply, uint16_t *out)
{
	*out = (uint16_t)reply->integer;
	return reply->type == REDIS_INTEGER && reply->integer >= 0 &&
	       reply->integer < REDIS_SLOTS;
}

/* HOST, PORT, ID, and more. A node that does not know its own name says none,
 * and means the one by which it was reached. */
static bool
master_read(const struct redis_reply *master, const struct redis_host *asked,
    struct redis_share *out)
{
	const struct redis_reply *words = master->items;
	struct str name = str_of(asked->name);

	if (master->type != REDIS_ARRAY || master->n < 3 ||
	    words[1].type != REDIS_INTEGER || words[2].type != REDIS_STRING)
		return false;
	if (words[0].type == REDIS_STRING && words[0].text.n > 0)
		name = words[0].text;
	else if (words[0].type != REDIS_STRING && words[0].type != REDIS_NIL)
		return false;
	out->id = words[2].text;
	return words[1].integer > 0 &&
	       redis_host_make(name, words[1].integer, &out->host);
}

bool
redis_share_read(const struct redis_reply *row, const struct redis_host *asked,
    struct redis_share *out)
{
	return row->type == REDIS_ARRAY && row->n >= 3 &&
	       slot_read(&row->items[0], &out->first) &&
	       slot_read(&row->items[1], &out->last) &&
	       out->first <= out->last &&
	       master_read(&row->items[2], asked, out);
}
