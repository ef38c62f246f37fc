#include "middleware/freshness.h"

#include <math.h>

#include "drivers/cache/cache.h"

/* A tenth: the least that spreads entries over more than their making. */
#define JITTER_PART 10

/* "10", also as a quoted string; false: it is no number of seconds. */
static bool
seconds_read(struct str text, int64_t *out)
{
	if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = str_make(text.p + 1, text.n - 2);
	return str_to_i64(text, out) && *out >= 0;
}

static void
directive_read(struct cache_wishes *wishes, struct str name, struct str value)
{
	int64_t seconds = 0;

	if (str_eq_nocase(name, STR("no-cache")))
		wishes->no_cache = true;
	else if (str_eq_nocase(name, STR("no-store")))
		wishes->no_store = true;
	else if (str_eq_nocase(name, STR("only-if-cached")))
		wishes->only_if_cached = true;
	else if (str_eq_nocase(name, STR("max-stale")) && str_is_null(value))
		wishes->max_stale = WISH_NONE;
	else if (!seconds_read(value, &seconds))
		return;
	else if (str_eq_nocase(name, STR("max-age")))
		wishes->max_age = seconds;
	else if (str_eq_nocase(name, STR("max-stale")))
		wishes->max_stale = seconds;
	else if (str_eq_nocase(name, STR("min-fresh")))
		wishes->min_fresh = seconds;
}

struct cache_wishes
cache_wishes_read(struct str field)
{
	struct cache_wishes wishes = { .max_age = WISH_NONE };

	while (!str_is_null(field)) {
		struct str value = str_trim(str_cut(&field, ','));
		struct str name = str_trim(str_cut(&value, '='));

		directive_read(&wishes, name, str_trim(value));
	}
	return wishes;
}

enum freshness_verdict
freshness_judge(const struct freshness *policy,
    const struct cache_wishes *wishes, const struct cache_age *at)
{
	int64_t left = at->ttl - at->age;

	if (wishes->no_cache || at->age > wishes->max_age)
		return FRESH_REQUEST;
	if (left > 0)
		return left >= wishes->min_fresh ? FRESH_HIT : FRESH_REQUEST;
	if (wishes->min_fresh > 0)
		return FRESH_STALE;
	if (-left < (int64_t)policy->revalidate)
		return FRESH_HIT_RENEW;
	return -left < wishes->max_stale ? FRESH_HIT : FRESH_STALE;
}

bool
freshness_bridges(const struct freshness *policy, const struct cache_age *at)
{
	return at->age - at->ttl < (int64_t)policy->on_error;
}

uint32_t
freshness_kept(const struct freshness *policy, uint32_t ttl)
{
	uint32_t stale = policy->revalidate > policy->on_error
			     ? policy->revalidate
			     : policy->on_error;

	return ttl < CACHE_TTL_MAX - stale ? ttl + stale : CACHE_TTL_MAX;
}

uint32_t
freshness_jitter(uint32_t ttl, uint32_t random)
{
	uint64_t most = ttl / JITTER_PART;

	return ttl - (uint32_t)(((most + 1) * random) >> 32);
}

bool
freshness_early(int64_t left_ms, uint32_t cost_ms, uint32_t random)
{
	/* of (0, 1], whose logarithm is finite */
	double even = ((double)random + 1) / 4294967296.0;

	return -log(even) * (double)cost_ms >= (double)left_ms;
}
