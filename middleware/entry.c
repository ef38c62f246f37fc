#include "middleware/entry.h"

#include "app/base/arena.h"

/* Changes with the layout: entries of another weir are misses. */
#define FORMAT 0x77656903u

/* struct head.content */
#define HAS_TAG 1u
#define RANGES  2u
#define HANDED  4u

struct head {
	uint32_t format;
	uint32_t ttl;
	int64_t created_ms;
	uint32_t cost_ms;
	int32_t status;
	int32_t code;
	uint8_t incarnation[INCARNATION_BYTES];
	uint8_t etag[DIGEST_BYTES];
	uint32_t n_tags;
	uint32_t type_bytes;
	uint32_t head_bytes;
	uint32_t content;
	int64_t modified;
};

static uint32_t
content_bits(const struct response_content *content)
{
	return (content->has_tag ? HAS_TAG : 0) |
	       (content->ranges ? RANGES : 0) | (content->handed ? HANDED : 0);
}

static void
content_of(const struct head *head, struct response_content *content)
{
	*content = (struct response_content){
		.has_tag = (head->content & HAS_TAG) != 0,
		.ranges = (head->content & RANGES) != 0,
		.handed = (head->content & HANDED) != 0,
		.modified = head->modified,
	};
	memcpy(content->tag, head->etag, DIGEST_BYTES);
}

static char *
put(char *at, struct str bytes)
{
	if (bytes.n > 0)
		memcpy(at, bytes.p, bytes.n);
	return at + bytes.n;
}

struct str
entry_pack(struct arena *arena, const struct entry *entry,
    const struct tag_versions *versions)
{
	struct head head = {
		.format = FORMAT,
		.ttl = entry->ttl,
		.created_ms = entry->created_ms,
		.cost_ms = entry->cost_ms,
		.status = entry->status,
		.code = entry->code,
		.n_tags = (uint32_t)versions->n,
		.type_bytes = (uint32_t)entry->type.n,
		.head_bytes = (uint32_t)entry->head.n,
		.content = content_bits(&entry->content),
		.modified = entry->content.modified,
	};
	size_t tags = versions->n * TAG_VERSION_BYTES;
	size_t n =
	    sizeof(head) + tags + entry->type.n + entry->head.n + entry->body.n;
	char *p = arena_alloc(arena, n);
	char *at = p;

	memcpy(head.incarnation, versions->incarnation, INCARNATION_BYTES);
	memcpy(head.etag, entry->etag, DIGEST_BYTES);
	at = put(at, str_make((const char *)&head, sizeof(head)));
	at = put(at, str_make((const char *)versions->version, tags));
	at = put(at, entry->type);
	at = put(at, entry->head);
	(void)put(at, entry->body); /* the last */
	return str_make(p, n);
}

/* Cuts the head of an entry of n tags off; false: it is none. */
static bool
head_cut(struct str *bytes, size_t n, struct head *head)
{
	size_t tags = n * TAG_VERSION_BYTES;

	if (bytes->n < sizeof(*head))
		return false;
	memcpy(head, bytes->p, sizeof(*head));
	*bytes = str_skip(*bytes, sizeof(*head));
	return head->format == FORMAT && head->n_tags == n &&
	       bytes->n >= tags && head->type_bytes <= bytes->n - tags &&
	       head->head_bytes <= bytes->n - tags - head->type_bytes;
}

bool
entry_versions(struct str bytes, size_t n, struct tag_versions *out)
{
	struct head head;

	if (!head_cut(&bytes, n, &head))
		return false;
	out->n = n;
	memcpy(out->incarnation, head.incarnation, INCARNATION_BYTES);
	memcpy(out->version, bytes.p, n * TAG_VERSION_BYTES);
	return true;
}

enum entry_check
entry_unpack(
    struct str bytes, const struct tag_versions *now, struct entry *out)
{
	struct head head;
	size_t tags = now->n * TAG_VERSION_BYTES;

	if (!head_cut(&bytes, now->n, &head))
		return ENTRY_DAMAGED;
	if (memcmp(head.incarnation, now->incarnation, INCARNATION_BYTES) !=
		0 ||
	    memcmp(bytes.p, now->version, tags) != 0)
		return ENTRY_STALE;
	bytes = str_skip(bytes, tags);
	out->ttl = head.ttl;
	out->created_ms = head.created_ms;
	out->cost_ms = head.cost_ms;
	out->status = head.status;
	out->code = head.code;
	memcpy(out->etag, head.etag, DIGEST_BYTES);
	content_of(&head, &out->content);
	out->type = str_make(bytes.p, head.type_bytes);
	bytes = str_skip(bytes, head.type_bytes);
	out->head = str_make(bytes.p, head.head_bytes);
	out->body = str_skip(bytes, head.head_bytes);
	return ENTRY_GOOD;
}
