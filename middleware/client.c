#include "middleware/client.h"

#include "app/base/network.h"
#include "middleware/request.h"

/* Takes the last part of a list off it; blanks around it are none of it. */
static struct str
last_cut(struct str *list)
{
	size_t at = list->n;
	struct str last;

	while (at > 0 && list->p[at - 1] != ',')
		at--;
	last = str_trim(str_skip(*list, at));
	list->n = at > 0 ? at - 1 : 0;
	return last;
}

struct str
client_find(struct arena *arena, const struct networks *trusted,
    struct str peer, struct str forwarded)
{
	struct address client;
	struct address next;
	bool moved = false;

	if (!address_read(peer, &client))
		return peer;
	for (int i = 0; i < CLIENT_HOPS_MAX && forwarded.n > 0 &&
			networks_hold(trusted, &client);
	     i++) {
		struct str part = last_cut(&forwarded);

		if (part.n == 0)
			continue;
		if (!address_read(part, &next))
			break;
		client = next;
		moved = true;
	}
	return moved ? address_text(arena, &client) : peer;
}

struct str
client_forwarded(struct arena *arena, struct str first, struct str second)
{
	if (first.n == 0 || first.n + second.n >= CLIENT_FORWARDED_MAX)
		return second;
	return arena_printf(
	    arena, "%.*s,%.*s", STR_ARG(first), STR_ARG(second));
}

void
client_set(struct request *req, const struct networks *trusted)
{
	if (trusted->n == 0 || req->param[PARAM_X_FORWARDED_FOR].n == 0)
		return;
	req->param[PARAM_REMOTE_ADDR] = client_find(req->arena, trusted,
	    req->param[PARAM_REMOTE_ADDR], req->param[PARAM_X_FORWARDED_FOR]);
}
