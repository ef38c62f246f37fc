/*
 * Whatever a client says of the cache, an answer that is too old is served only
 * where the service or the client allows that, and a list of tags names one
 * that stands in it. Input: a Cache-Control field, a line feed, a list of tags.
 */
#include "middleware/etag.h"
#include "middleware/freshness.h"
#include "tests/fuzz/fuzz.h"

static const struct freshness policies[] = {
	{ .ttl = 60 },
	{ .ttl = 60, .revalidate = 10, .on_error = 20 },
};

static void
judge(const struct cache_wishes *wishes, const struct freshness *policy,
    int64_t age)
{
	struct cache_age at = { .age = age, .ttl = 60 };
	enum freshness_verdict v = freshness_judge(policy, wishes, &at);
	bool served = v == FRESH_HIT || v == FRESH_HIT_RENEW;
	int64_t over = age - 60;

	HOLDS(!served || !wishes->no_cache);
	HOLDS(!served || age <= wishes->max_age);
	HOLDS(!served || over < 0 || over < policy->revalidate ||
	      over < wishes->max_stale);
	HOLDS(!served || wishes->min_fresh <= (over < 0 ? -over : 0));
	HOLDS(v != FRESH_HIT_RENEW || over >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t digest[DIGEST_BYTES] = { 0xab };
	struct str tags = str_make((const char *)data, size);
	struct str field = str_cut(&tags, '\n');
	struct cache_wishes wishes = cache_wishes_read(field);
	char text[ETAG_BYTES];
	struct str etag = etag_write(digest, text);

	HOLDS(wishes.max_age >= 0 && wishes.max_stale >= 0);
	HOLDS(wishes.min_fresh >= 0 && wishes.min_fresh < WISH_NONE);
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		for (int64_t age = 0; age < 100; age += 3)
			judge(&wishes, &policies[i], age);
	}
	HOLDS(!etag_matched(tags, etag) || etag_listed(tags, etag));
	HOLDS(!etag_listed(tags, STR_NULL) || str_find(tags, '*') < tags.n);
	return 0;
}
