/*
 * Whatever a body stores, its values are pieces of it that are JSON, its keys
 * are good and each stands once. The first byte of the input says how the body
 * is read.
 */
#include "app/services/cache/pair.h"

#include "app/base/arena.h"
#include "app/base/jsoncheck.h"
#include "app/services/cache/call.h"
#include "app/services/cache/key.h"
#include "drivers/cache/cache.h"
#include "tests/fuzz/fuzz.h"

#define MAX_VALUE 100

enum flag { FLAG_KEY = 1, FLAG_VERBATIM = 2 };

static void
check_pair(struct arena *a, struct str body, const struct pair *pair)
{
	HOLDS(key_fault(pair->key) == NULL);
	HOLDS(pair->value.p >= body.p);
	HOLDS(pair->value.p + pair->value.n <= body.p + body.n);
	HOLDS(pair->value.n > 0 && pair->value.n <= MAX_VALUE);
	HOLDS(json_check(a, pair->value, JSON_DEPTH_MAX, NULL) == ST_OK);
	HOLDS(pair->ttl <= CACHE_TTL_MAX);
}

static void
check_pairs(struct arena *a, struct str body, const struct pairs *pairs)
{
	HOLDS(pairs->n >= 1 && pairs->n <= CACHE_CALL_KEYS);
	HOLDS(pairs->form != PAIRS_ONE || pairs->n == 1);
	for (size_t i = 0; i < pairs->n; i++) {
		check_pair(a, body, &pairs->list[i]);
		for (size_t k = 0; k < i; k++)
			HOLDS(!str_eq(pairs->list[i].key, pairs->list[k].key));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = str_make((const char *)data, size);
	unsigned flags = size > 0 ? data[0] : 0;
	struct pairs_source source = { .key = STR_NULL,
		.verbatim = (flags & FLAG_VERBATIM) != 0,
		.default_ttl = 300,
		.ttl = 60,
		.max_value = MAX_VALUE };
	struct error err = { .text = "" };
	struct json value = { STR_NULL };
	struct pairs pairs;
	struct arena a;
	enum status st;

	arena_init(&a, 4096);
	source.arena = &a;
	if ((flags & FLAG_KEY) != 0)
		source.key = STR("k");
	body = str_skip(body, 1);
	if (body.n == 0 || json_parse(&a, body, &value, NULL) == ST_OK) {
		st = pairs_read(&source, value, &pairs, &err);
		if (st == ST_OK)
			check_pairs(&a, body, &pairs);
		else
			HOLDS(err.text[0] != '\0');
		HOLDS(st == ST_OK || st == ST_INVALID || st == ST_TOO_BIG);
	}
	arena_close(&a);
	return 0;
}
