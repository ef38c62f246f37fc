/* Which server a name lies on, and where it goes while that is away. */
#include "drivers/cache/memcached_ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "drivers/cache/cache_config.h"
#include "drivers/cache/memcached_hosts.h"

#define NAMES   10000
#define SERVERS 3
#define TURNS   64

static struct memcached_st *
ring_of(const char *text)
{
	struct cache_config config = cache_config_none;
	struct memcached_hosts hosts;
	struct memcached_st *ring;

	config.hosts = text;
	config.port = 11211;
	assert_int_equal(memcached_hosts_read(&config, &hosts, NULL), ST_OK);
	ring = memcached_ring_new(&hosts);
	assert_non_null(ring);
	return ring;
}

static struct str
name_of(char text[32], int number)
{
	return str_make(
	    text, (size_t)snprintf(text, 32, "weir:r:v:name %d", number));
}

static void
shares_of(const char *hosts, int shares[SERVERS])
{
	struct memcached_st *ring = ring_of(hosts);
	char text[32];

	for (int i = 0; i < SERVERS; i++)
		shares[i] = 0;
	for (int i = 0; i < NAMES; i++)
		shares[memcached_ring_find(ring, name_of(text, i), 0)]++;
	memcached_ring_free(ring);
}

static void
servers_get_their_weight(void **state)
{
	int shares[SERVERS];

	(void)state;
	shares_of("a,b,c", shares);
	for (int i = 0; i < SERVERS; i++)
		assert_in_range(shares[i], NAMES / 4, NAMES * 5 / 12);
	shares_of("a:1:1,b:1:3,c:1:1", shares);
	assert_in_range(shares[1], NAMES / 2, NAMES * 7 / 10);
	shares_of("a:1:1000,b:1:1000,c:1:1000", shares);
	for (int i = 0; i < SERVERS; i++)
		assert_in_range(shares[i], NAMES / 4, NAMES * 5 / 12);
}

static void
one_server_more_moves_few_names(void **state)
{
	struct memcached_st *three = ring_of("a,b,c");
	struct memcached_st *four = ring_of("a,b,c,d");
	char text[32];
	int moved = 0;

	(void)state;
	for (int i = 0; i < NAMES; i++) {
		struct str name = name_of(text, i);
		size_t now = memcached_ring_find(four, name, 0);

		if (now == memcached_ring_find(three, name, 0))
			continue;
		assert_int_equal(now, 3);
		moved++;
	}
	assert_in_range(moved, NAMES / 6, NAMES / 3);
	memcached_ring_free(three);
	memcached_ring_free(four);
}

/* Those of one that is away spread over all others. */
static void
turns_lead_to_every_other_server(void **state)
{
	struct memcached_st *ring = ring_of("a,b,c");
	char text[32];
	int first[SERVERS] = { 0 };

	(void)state;
	for (int i = 0; i < NAMES; i++) {
		struct str name = name_of(text, i);
		size_t at = memcached_ring_find(ring, name, 0);
		unsigned turn = 1;

		if (at != 0)
			continue;
		while (at == 0 && turn <= TURNS)
			at = memcached_ring_find(ring, name, turn++);
		first[at]++;
	}
	assert_int_equal(first[0], 0);
	assert_in_range(first[1], NAMES / 10, NAMES / 4);
	assert_in_range(first[2], NAMES / 10, NAMES / 4);
	memcached_ring_free(ring);
}

static void
a_server_alone_has_all(void **state)
{
	struct memcached_st *ring = ring_of("a");
	char text[32];

	(void)state;
	for (int i = 0; i < NAMES; i++)
		assert_int_equal(
		    memcached_ring_find(ring, name_of(text, i), 0), 0);
	memcached_ring_free(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_get_their_weight),
		cmocka_unit_test(one_server_more_moves_few_names),
		cmocka_unit_test(turns_lead_to_every_other_server),
		cmocka_unit_test(a_server_alone_has_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
