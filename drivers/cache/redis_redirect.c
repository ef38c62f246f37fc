#include "drivers/cache/redis_redirect.h"

#include <string.h>

#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_slot.h"

bool
redis_address_read(
    struct str text, const struct redis_host *asked, struct redis_host *out)
{
	struct str port = text;
	struct str name;
	uint64_t number;

	while (str_find(port, ':') < port.n)
		port = str_skip(port, str_find(port, ':') + 1);
	if (port.n == text.n || !str_to_u64(port, &number))
		return false;
	name = str_make(text.p, text.n - port.n - 1);
	if (name.n == 0)
		name = str_of(asked->name);
	return redis_host_make(name, (int64_t)number, out);
}

/* "SLOT HOST:PORT" */
static bool
target_read(
    struct str text, const struct redis_host *asked, struct redis_target *out)
{
	struct str slot = str_cut(&text, ' ');
	uint64_t number;

	if (!str_to_u64(slot, &number) || number >= REDIS_SLOTS)
		return false;
	out->slot = (uint16_t)number;
	return redis_address_read(text, asked, &out->host);
}

enum redis_redirect
redis_redirect_of(const struct redis_reply *reply,
    const struct redis_host *asked, struct redis_target *out)
{
	struct str text = reply->text;
	struct str word;

	if (reply->type != REDIS_ERROR)
		return REDIS_STAYS;
	word = str_cut(&text, ' ');
	if (str_eq(word, STR("TRYAGAIN")))
		return REDIS_TRYAGAIN;
	if (str_eq(word, STR("CLUSTERDOWN")))
		return REDIS_DOWN;
	if (str_eq(word, STR("MOVED")) && target_read(text, asked, out))
		return REDIS_MOVED;
	if (str_eq(word, STR("ASK")) && target_read(text, asked, out))
		return REDIS_ASK;
	return REDIS_STAYS;
}
