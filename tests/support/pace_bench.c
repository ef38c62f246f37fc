#include "tests/support/pace_bench.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_pace.h"
#include "drivers/cache/redis_script.h"
#include "tests/contract/cache_place.h"

const struct cache_op counters[COUNTERS] = {
	{ .key = { "a", 1 }, .limit = 3, .lockout = true },
	{ .key = { "b", 1 }, .limit = 7, .algorithm = CACHE_SLIDING },
	{ .key = { "c", 1 }, .limit = 49, .algorithm = CACHE_SLIDING },
	{ .key = { "d", 1 }, .limit = 7, .burst = 7, .algorithm = CACHE_GCRA },
	{ .key = { "e", 1 }, .limit = 49, .burst = 2, .algorithm = CACHE_GCRA },
	{ .key = { "f", 1 },
	    .limit = 13,
	    .algorithm = CACHE_SLIDING,
	    .lockout = true },
	{ .key = { "g", 1 },
	    .limit = 13,
	    .burst = 5,
	    .algorithm = CACHE_GCRA,
	    .lockout = true },
};

int
bench_open(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct cache_op touch = { .kind = CACHE_GET, .key = STR("any") };

	assert_non_null(b);
	fixture_open(&b->f, place_kinds[0]);
	run(&b->f, &touch, 1); /* the greeting loads the script */
	redis_client_open(&b->client, b->f.place->servers[0].port);
	b->now_ms = NOW;
	*state = b;
	return 0;
}

int
bench_close(void **state)
{
	struct bench *b = *state;

	redis_client_close(&b->client);
	fixture_close(&b->f);
	free(b);
	return 0;
}

uint64_t
below(struct bench *b, uint64_t n)
{
	b->seed = b->seed * UINT64_C(6364136223846793005) +
		  UINT64_C(1442695040888963407);
	return (b->seed >> 33) % n;
}

struct cache_op
op_of(size_t counter, enum cache_kind kind)
{
	struct cache_op op = counters[counter];

	op.kind = kind;
	op.counter = kind == CACHE_DEL;
	op.space = &fixture_space;
	op.ttl = TTL;
	return op;
}

void
append(struct bench *b, struct str *text, struct buf *put)
{
	struct str rest = buf_str(put);

	while (rest.p != NULL && rest.n > 0) {
		(void)str_cut(&rest, '\n'); /* its length */
		*text = arena_printf(&b->f.arena, "%s %.*s", text->p,
		    (int)str_find(rest, '\r'), rest.p);
		(void)str_cut(&rest, '\n');
	}
	put->n = 0;
}

const char *
ask(struct bench *b, struct str keys, size_t n, struct str words)
{
	const char *said = redis_client_ask(&b->client,
	    "EVALSHA %.*s %zu%s%s %" PRId64, (int)redis_pace_script()->digest.n,
	    redis_pace_script()->digest.p, n, keys.p, words.p, b->now_ms);

	assert_non_null(said);
	if (said[0] == '-')
		fail_msg("%s", said);
	return said;
}

const char *
ask_batch(struct bench *b)
{
	struct str keys = STR("");
	struct str words = STR("");
	struct buf put = { 0 };

	for (size_t i = 0; i < b->n; i++) {
		size_t members = 1;

		while (i + members < b->n && b->ops[i].group != 0 &&
		       b->ops[i + members].group == b->ops[i].group)
			members++;
		redis_name_put(&put, STR("weir"), &b->ops[i]);
		append(b, &keys, &put);
		redis_pace_put(&put, &b->ops[i], members);
		append(b, &words, &put);
	}
	buf_free(&put);
	return ask(b, keys, b->n, words);
}

int64_t
number(const char **said)
{
	char *end;
	int64_t n = strtoll(*said, &end, 10);

	assert_ptr_not_equal(*said, end);
	*said = end;
	return n;
}
