#include "middleware/verdict.h"

static const char *const cache_verdicts[CACHE_VERDICTS] = {
	[CACHE_VERDICT_NONE] = "none",
	[CACHE_VERDICT_HIT] = "hit",
	[CACHE_VERDICT_MISS] = "miss",
	[CACHE_VERDICT_STALE] = "stale",
	[CACHE_VERDICT_BYPASS] = "bypass",
	[CACHE_VERDICT_JOINED] = "joined",
	[CACHE_VERDICT_OLD] = "old",
};

static const char *const limit_verdicts[LIMIT_VERDICTS] = {
	[LIMIT_VERDICT_NONE] = "none",
	[LIMIT_VERDICT_PASS] = "pass",
	[LIMIT_VERDICT_DRY_RUN] = "dry_run",
	[LIMIT_VERDICT_REFUSED] = "refused",
	[LIMIT_VERDICT_GUARD] = "guard",
	[LIMIT_VERDICT_LOCAL] = "local",
	[LIMIT_VERDICT_SKIPPED] = "skipped",
	[LIMIT_VERDICT_DENIED] = "denied",
};

struct str
cache_verdict_name(enum cache_verdict v)
{
	return str_of(cache_verdicts[v]);
}

struct str
limit_verdict_name(enum limit_verdict v)
{
	return str_of(limit_verdicts[v]);
}
