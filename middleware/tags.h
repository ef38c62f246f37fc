/*
 * Tags: what cached answers depend on (architecture.md "The response cache").
 * A tag's version is 16 random bytes; a missing tag is a miss; bumping a tag
 * is deleting it.
 */
#ifndef WEIR_TAGS_H
#define WEIR_TAGS_H

#include "app/base/status.h"
#include "app/base/str.h"

struct request;
struct error;

#define TAG_VERSION_BYTES 16

/*
 * Worker only. Deletes the tags in one batch: call it before a write's first
 * statement and again after its commit, before the answer. When the first
 * call fails, do not write: answer 503. When the second fails, the write is
 * done all the same; the failure is logged here.
 */
enum status tags_bump(
    struct request *req, const struct str *tags, size_t n, struct error *err);

#endif
