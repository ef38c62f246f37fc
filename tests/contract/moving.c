#include "tests/contract/moving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/nodes.h"

#define STEP 10 /* keys that move at a time */

struct nodes *
moving_nodes(void)
{
	static struct nodes nodes;

	return &nodes;
}

static void
begin(struct place *place, bool tls)
{
	const struct nodes_plan plan = { .folder = place->folder,
		.masters = 3,
		.timeout_ms = 5000,
		.tls = tls };

	nodes_start(moving_nodes(), &plan);
}

static void
place_begin(struct place *place)
{
	begin(place, false);
}

static void
place_end(struct place *place)
{
	(void)place;
	nodes_stop(moving_nodes());
}

static void
place_config(struct place *place, struct cache_config *out)
{
	(void)place;
	out->cluster = true;
	out->hosts = "127.0.0.1";
	out->port = moving_nodes()->daemons[0].port;
}

static const struct place_kind blocking = {
	.name = "blocking",
	.driver = "redis",
	.start = place_begin,
	.stop = place_end,
	.config = place_config,
};

static const struct place_kind loop = {
	.name = "loop",
	.driver = "redis",
	.loop = true,
	.start = place_begin,
	.stop = place_end,
	.config = place_config,
};

#ifdef WITH_TLS
static void
tls_begin(struct place *place)
{
	begin(place, true);
}

static void
tls_config(struct place *place, struct cache_config *out)
{
	place_config(place, out);
	out->port = moving_nodes()->tls_ports[0];
	out->tls = true;
	out->tls_verify = true;
	out->tls_ca = place_text(place, "%s/ca.pem", place->folder);
}

static const struct place_kind tls = {
	.name = "tls",
	.driver = "redis",
	.loop = true,
	.start = tls_begin,
	.stop = place_end,
	.config = tls_config,
};
#endif

const struct place_kind *const place_kinds[] = {
	&blocking,
	&loop,
#ifdef WITH_TLS
	&tls,
#endif
	NULL,
};

static int
set_up(void **state, const char *kind)
{
	static struct fixture f;

	fixture_open(&f, place_kind_find(kind));
	*state = &f;
	return 0;
}

int
moving_set_up_blocking(void **state)
{
	return set_up(state, "blocking");
}

int
moving_set_up_loop(void **state)
{
	return set_up(state, "loop");
}

int
moving_set_up_tls(void **state)
{
	return set_up(state, "tls");
}

int
moving_tear_down(void **state)
{
	fixture_close(*state);
	return 0;
}

unsigned
moving_slot(struct str name)
{
	struct redis_client *c = nodes_client(moving_nodes(), 0);
	const char *said =
	    redis_client_ask(c, "CLUSTER KEYSLOT %.*s", (int)name.n, name.p);

	return (unsigned)strtoul(said, NULL, 10);
}

size_t
moving_owner(unsigned slot)
{
	return slot * moving_nodes()->masters / 16384;
}

void
moving_move(unsigned slot, size_t from, size_t to)
{
	struct nodes *nodes = moving_nodes();

	nodes_move_begin(nodes, slot, from, to);
	while (nodes_move_keys(nodes, slot, from, to, STEP) > 0)
		;
	nodes_move_end(nodes, slot, from, to);
}
