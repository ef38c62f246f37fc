/*
 * A cached answer as it lies in the store: a head, the versions of its tags as
 * they were read before its query, the Content-Type, header lines, the body. Of
 * an error the body is its message: the envelope names the request that it
 * answers.
 */
#ifndef WEIR_ENTRY_H
#define WEIR_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/str.h"
#include "drivers/cache/cache.h"
#include "middleware/response.h"
#include "middleware/tags.h"

struct arena;

struct entry {
	int64_t created_ms; /* Unix time */
	uint32_t ttl;       /* seconds; see freshness.h */
	uint32_t cost_ms;   /* that it took to make */
	int status;         /* HTTP: 200, or of an error: */
	int code;
	uint8_t etag[DIGEST_BYTES]; /* the content's own, if it has one */
	struct response_content content;
	struct str type;
	struct str head; /* further header lines of its service */
	struct str body;
};

/* The bytes to store, in the arena. */
struct str entry_pack(struct arena *arena, const struct entry *entry,
    const struct tag_versions *versions);

/* The versions under which one of n tags was made; false: it is damaged. */
bool entry_versions(struct str bytes, size_t n, struct tag_versions *out);

enum entry_check {
	ENTRY_GOOD,
	ENTRY_STALE, /* a tag has changed since, or the store's incarnation */
	ENTRY_DAMAGED
};

/*
 * Reads stored bytes; type, head and body are views of them. The entry may be
 * used only when its versions and their incarnation are those of `now`.
 */
enum entry_check entry_unpack(
    struct str bytes, const struct tag_versions *now, struct entry *out);

#endif
