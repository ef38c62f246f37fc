/*
 * How long a cached answer counts, by its age alone: whether its tags still
 * stand has been asked before. Seconds throughout; RFC 9111 sections 4.2 and
 * 5.2.1, RFC 5861. Pure: time and randomness come in.
 */
#ifndef WEIR_FRESHNESS_H
#define WEIR_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

/* What the service says of an answer. */
struct freshness {
	uint32_t ttl;        /* 0: the service's cache_ttl */
	uint32_t revalidate; /* beyond it, while it is read anew */
	uint32_t on_error;   /* beyond it, when it cannot be read */
	uint32_t missing;    /* of "there is no such record"; 0: not kept */
	uint32_t client;     /* the client need not ask; 0: it always must */
	bool shared;         /* clients may pass it on to whoever asks them */
};

#define WISH_NONE INT64_MAX

/* What the request's Cache-Control says. */
struct cache_wishes {
	bool no_cache;
	bool no_store;
	bool only_if_cached;
	int64_t max_age;   /* WISH_NONE: any */
	int64_t max_stale; /* 0: none */
	int64_t min_fresh; /* 0: any */
};

/* Reads the field; STR_NULL: nothing is said. What has no number or is not
 * known is passed over, but for max-stale, which needs none. */
struct cache_wishes cache_wishes_read(struct str field);

/* A cached answer at some moment. */
struct cache_age {
	int64_t age; /* never negative */
	int64_t ttl; /* for which it counts as fresh */
};

enum freshness_verdict {
	FRESH_HIT,       /* to be served */
	FRESH_HIT_RENEW, /* to be served, and read anew behind it */
	FRESH_REQUEST,   /* good, but the client wants a newer one */
	FRESH_STALE      /* too old */
};

enum freshness_verdict freshness_judge(const struct freshness *policy,
    const struct cache_wishes *wishes, const struct cache_age *at);

/* May it be served instead of a failure? */
bool freshness_bridges(
    const struct freshness *policy, const struct cache_age *at);

/* How long a store keeps it: to the end of its last use. */
uint32_t freshness_kept(const struct freshness *policy, uint32_t ttl);

/*
 * A ttl shortened by up to a tenth, so that entries that were made together do
 * not end together. random: any of its values is as likely.
 */
uint32_t freshness_jitter(uint32_t ttl, uint32_t random);

/*
 * Is an answer of that age, which took cost_ms to make, to be made anew before
 * its end? The nearer the end and the dearer the answer, the likelier (Vattani
 * et al., Optimal Probabilistic Cache Stampede Prevention, 2015; beta is 1), so
 * that one of many callers does it early and none of them waits.
 */
#define FRESHNESS_EARLY_MAX 23 /* costs before the end: never earlier */
bool freshness_early(int64_t left_ms, uint32_t cost_ms, uint32_t random);

#endif
