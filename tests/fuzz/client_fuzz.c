/*
 * Whatever a client sends as its X-Forwarded-For, it decides nothing once a
 * trusted proxy has added at the right whom it was called by. The input is the
 * trusted networks, the peer, and X-Forwarded-For, one a line.
 */
#include "app/base/arena.h"
#include "app/base/network.h"
#include "middleware/client.h"
#include "tests/fuzz/fuzz.h"

#define PROXY STR("10.0.0.1")
#define REAL  STR("203.0.113.7")

static void
lists_agree(struct arena *a, struct str text)
{
	struct networks networks;

	HOLDS(networks_read(a, text, &networks) ==
	      (networks_check(text) || str_trim(text).n == 0));
}

/* What is read is read again as the same. */
static void
as_address(struct arena *a, struct str text)
{
	struct address once, twice;

	if (!address_read(text, &once))
		return;
	HOLDS(address_read(address_text(a, &once), &twice));
	HOLDS(memcmp(once.byte, twice.byte, sizeof(once.byte)) == 0);
	HOLDS(once.local == twice.local);
}

static void
as_made_up(struct arena *a, struct str text)
{
	struct networks trusted;
	struct str added =
	    arena_printf(a, "%.*s, %.*s", STR_ARG(text), STR_ARG(REAL));

	HOLDS(networks_read(a, PROXY, &trusted));
	HOLDS(str_eq(client_find(a, &trusted, PROXY, added), REAL));
	HOLDS(str_eq(client_find(a, &trusted, REAL, text), REAL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make((const char *)data, size);
	struct str list = str_cut(&rest, '\n');
	struct str peer = str_cut(&rest, '\n');
	struct networks trusted;
	struct address client;
	struct arena a;
	struct str found;

	arena_init(&a, 4096);
	lists_agree(&a, list);
	as_address(&a, peer);
	if (str_find(rest, '\0') == rest.n)
		as_made_up(&a, rest);
	if (networks_read(&a, list, &trusted)) {
		found = client_find(&a, &trusted, peer, rest);
		HOLDS(str_eq(found, peer) || address_read(found, &client));
	}
	arena_close(&a);
	return 0;
}
