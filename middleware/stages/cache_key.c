#include "middleware/stages/cache_key.h"

#include <assert.h>

#include "app/base/secret.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/request_lookup.h"
#include "middleware/service.h"

/* "e:" and the digest of the entry's name in hexadecimal. */
#define KEY_BYTES (2 + 2 * DIGEST_BYTES)

static void
fingerprint_put(struct buf *text, const uint8_t *fingerprint)
{
	buf_put(text, str_make((const char *)fingerprint, DIGEST_BYTES));
}

struct str
cache_key(struct request *req, struct cache_plan *plan)
{
	struct buf *text = &plan->key;
	uint8_t name[DIGEST_BYTES];
	char *key = arena_alloc(req->arena, KEY_BYTES);

	buf_put_char(text, '\n');
	fingerprint_put(text, req->service->fingerprint);
	fingerprint_put(text, req->role->fingerprint);
	if (format_of(req)->format != FORMAT_JSON && !format_is_verbatim(req)) {
		buf_put_char(text, '\n');
		buf_put(text, format_name(format_of(req)->format));
	}
	request_lookups_put(text, req);
	digest(buf_str(text), name);
	key[0] = 'e';
	key[1] = ':';
	hex_encode(key + 2, name, DIGEST_BYTES);
	return str_make(key, KEY_BYTES);
}

void
cache_flight(struct str key, const struct tag_versions *versions, size_t n,
    uint8_t *name)
{
	char text[KEY_BYTES + TAGS_MAX * TAG_VERSION_BYTES];
	size_t tags = n * TAG_VERSION_BYTES;

	_Static_assert(FLIGHT_NAME_BYTES == DIGEST_BYTES, "a digest names it");
	assert(key.n == KEY_BYTES && n <= TAGS_MAX);
	memcpy(text, key.p, key.n);
	memcpy(text + key.n, versions->version, tags);
	digest(str_make(text, key.n + tags), name);
}
