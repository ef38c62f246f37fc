#include "middleware/etag.h"

#include "app/base/hash.h"

void
etag_digest(struct str content, uint8_t digest[DIGEST_BYTES])
{
	_Static_assert(DIGEST_BYTES == HASH_WIDE_BYTES, "a hash is all of it");
	hash_wide(content, digest);
}

struct str
etag_write(const uint8_t *digest, char text[ETAG_BYTES])
{
	text[0] = text[ETAG_BYTES - 1] = '"';
	hex_encode(text + 1, digest, DIGEST_BYTES);
	return str_make(text, ETAG_BYTES);
}

/* An empty member of a list is none, and no content has an empty tag. */
static bool
is_tag(struct str member, struct str etag)
{
	return member.n > 0 &&
	       (str_eq(member, etag) || str_eq(member, STR("*")));
}

bool
etag_listed(struct str field, struct str etag)
{
	while (field.p != NULL) {
		struct str tag = str_trim(str_cut(&field, ','));

		if (str_starts(tag, STR("W/")))
			tag = str_skip(tag, 2);
		if (is_tag(tag, etag))
			return true;
	}
	return false;
}

bool
etag_matched(struct str field, struct str etag)
{
	while (field.p != NULL) {
		if (is_tag(str_trim(str_cut(&field, ',')), etag))
			return true;
	}
	return false;
}
