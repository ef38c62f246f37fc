/*
 * Tags: what cached answers depend on (architecture.md "The response cache").
 * A tag's version is 16 random bytes; a missing tag is a miss; bumping a tag
 * is deleting it.
 */
#ifndef WEIR_TAGS_H
#define WEIR_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/cache/cache.h"

struct cache_op;
struct error;
struct request;
struct stores;

#define TAGS_MAX          16 /* that one answer depends on */
#define TAG_VERSION_BYTES 16

/* The versions of an answer's tags, in the order of its cache_plan. */
struct tag_versions {
	size_t n;
	uint8_t version[TAGS_MAX][TAG_VERSION_BYTES];
	uint8_t incarnation[INCARNATION_BYTES]; /* of the store they are from */
};

/* The shard of a tag, which is "t:SHARD:NAME": the tags of one database and
 * the entries that depend on them lie together. A view of the tag. */
struct str tag_shard(struct str tag);

/* Fills in what leads an operation to a tag. */
void tag_op(struct cache_op *op, struct str tag);

/*
 * Takes the versions over from executed GETs, versions->n of them; false when
 * one is missing, or they are not from one life of one server.
 */
bool tags_take(struct tag_versions *versions, struct cache_op *const *gets);

/*
 * Worker only: gives missing ones of versions->n tags a version, and reads
 * them all. False when the store does not keep them.
 */
bool tags_mint(
    struct request *req, const struct str *tags, struct tag_versions *versions);

/*
 * Deletes n tags, TAGS_MAX at most, of a thread's cache store; *found of them
 * were there. May block.
 */
enum status tags_delete(struct stores *stores, const struct str *tags, size_t n,
    int64_t deadline_ms, size_t *found);

/*
 * Worker only, before a write's first statement: deletes its tags. When the
 * store cannot be reached CACHE_WRITE_ON_ERROR decides: ST_OK and the tags are
 * pending (pending.h), or the failure: then do not write, answer 503.
 */
enum status tags_bump_before(
    struct request *req, const struct str *tags, size_t n);

/*
 * Worker only, after the commit and before the answer: deletes the tags again,
 * within the request's deadline; else they are pending.
 */
void tags_bump_after(struct request *req, const struct str *tags, size_t n);

#endif
