#include "app/fcgi_record.h"

#include <string.h>

#define BEGIN_CONTENT   8
#define ROLE_RESPONDER  1
#define FLAG_KEEP_CONN  1
#define LONG_LENGTH_BIT 0x80u

/* A reader of the parameter stream, across the records that carry it. */
struct params_reader {
	const char *bytes;
	size_t record_end; /* offset behind the current record's content */
	size_t at;
	size_t next; /* offset of the next record's header */
	size_t left; /* bytes of the stream not yet read */
};

static unsigned
byte_at(const char *bytes, size_t i)
{
	return (unsigned char)bytes[i];
}

struct record_header
record_header_read(const char *bytes)
{
	return (struct record_header){
		.version = (uint8_t)bytes[0],
		.type = (uint8_t)bytes[1],
		.id = (uint16_t)(byte_at(bytes, 2) << 8 | byte_at(bytes, 3)),
		.content = byte_at(bytes, 4) << 8 | byte_at(bytes, 5),
		.padding = byte_at(bytes, 6),
	};
}

void
record_header_write(
    char *bytes, enum record_type type, uint16_t id, size_t content)
{
	bytes[0] = 1;
	bytes[1] = (char)type;
	bytes[2] = (char)(id >> 8);
	bytes[3] = (char)id;
	bytes[4] = (char)(content >> 8);
	bytes[5] = (char)content;
	bytes[6] = 0;
	bytes[7] = 0;
}

static void
reader_enter_record(struct params_reader *r)
{
	struct record_header h = record_header_read(r->bytes + r->next);

	r->at = r->next + RECORD_HEADER_BYTES;
	r->record_end = r->at + h.content;
	r->next = r->record_end + h.padding;
}

/* Skips n bytes of the stream; the caller knows that so many are left. */
static void
reader_skip(struct params_reader *r, size_t n)
{
	r->left -= n;
	for (;;) {
		size_t here = r->record_end - r->at;

		if (n <= here)
			break;
		n -= here;
		reader_enter_record(r);
	}
	r->at += n;
}

static bool
reader_byte(struct params_reader *r, unsigned *out)
{
	if (r->left == 0)
		return false;
	while (r->at == r->record_end)
		reader_enter_record(r);
	*out = byte_at(r->bytes, r->at++);
	r->left--;
	return true;
}

/* One length of a pair: one byte, or four with the top bit set. */
static bool
reader_length(struct params_reader *r, size_t *out)
{
	unsigned b;
	size_t length;

	if (!reader_byte(r, &b))
		return false;
	length = b;
	if (b & LONG_LENGTH_BIT) {
		length = b & ~LONG_LENGTH_BIT;
		for (int i = 0; i < 3; i++) {
			if (!reader_byte(r, &b))
				return false;
			length = length << 8 | b;
		}
	}
	*out = length;
	return true;
}

/* Do the pairs fill the parameter stream exactly? */
static bool
params_in_order(const struct record_scan *scan, const char *bytes)
{
	struct params_reader r = {
		.bytes = bytes,
		.next = scan->params_start,
		.left = scan->params_bytes,
	};

	while (r.left > 0) {
		size_t name, value;

		if (!reader_length(&r, &name) || !reader_length(&r, &value) ||
		    name > r.left || value > r.left - name)
			return false;
		reader_skip(&r, name + value);
	}
	return true;
}

static enum record_verdict
take_begin(struct record_scan *scan, const struct record_header *h,
    const char *content)
{
	if (h->content != BEGIN_CONTENT || h->id == 0)
		return RECORD_BAD;
	scan->id = h->id;
	scan->keep = byte_at(content, 2) & FLAG_KEEP_CONN;
	if ((byte_at(content, 0) << 8 | byte_at(content, 1)) != ROLE_RESPONDER)
		return RECORD_ROLE;
	scan->awaiting = RECORD_PARAMS;
	return RECORD_MORE;
}

static enum record_verdict
take_params(
    struct record_scan *scan, const struct record_header *h, const char *bytes)
{
	if (scan->params_start == 0)
		scan->params_start = scan->at;
	scan->params_bytes += h->content;
	if (scan->params_bytes > scan->params_limit)
		return RECORD_OVERSIZE;
	if (h->content > 0)
		return RECORD_MORE;
	if (!params_in_order(scan, bytes))
		return RECORD_BAD;
	scan->params_end = scan->at + RECORD_HEADER_BYTES + h->padding;
	scan->awaiting = RECORD_STDIN;
	return RECORD_MORE;
}

static enum record_verdict
take_stdin(struct record_scan *scan, const struct record_header *h)
{
	scan->body_bytes += h->content;
	scan->complete = h->content == 0;
	if (scan->body_bytes > scan->body_limit)
		return RECORD_LONG;
	return RECORD_MORE;
}

/* One record whose content is wholly there. */
static enum record_verdict
take(struct record_scan *scan, const struct record_header *h, const char *bytes)
{
	const char *content = bytes + scan->at + RECORD_HEADER_BYTES;

	switch (h->type) {
	case RECORD_BEGIN:
		return take_begin(scan, h, content);
	case RECORD_PARAMS:
		return take_params(scan, h, bytes);
	case RECORD_STDIN:
		return take_stdin(scan, h);
	default:
		return RECORD_ABORTED;
	}
}

/* Judged by its header alone, before the content has arrived. */
static enum record_verdict
check_header(const struct record_scan *scan, const struct record_header *h)
{
	bool begun = scan->awaiting != RECORD_BEGIN;

	if (h->version != 1 || (begun && h->id != scan->id))
		return RECORD_BAD;
	if (h->type == RECORD_ABORT && begun)
		return RECORD_MORE;
	if (h->type != scan->awaiting)
		return RECORD_BAD;
	if (h->type == RECORD_PARAMS &&
	    scan->params_bytes + h->content > scan->params_limit)
		return RECORD_OVERSIZE;
	return RECORD_MORE;
}

/* Behind a whole request only its abort may stand. */
static enum record_verdict
behind(const struct record_scan *scan, const char *bytes, size_t n)
{
	struct record_header h;

	if (n - scan->at < RECORD_HEADER_BYTES)
		return RECORD_BAD;
	h = record_header_read(bytes + scan->at);
	return h.version == 1 && h.type == RECORD_ABORT && h.id == scan->id
		   ? RECORD_ABORTED
		   : RECORD_BAD;
}

enum record_verdict
record_scan(struct record_scan *scan, const char *bytes, size_t n)
{
	if (scan->awaiting == 0)
		scan->awaiting = RECORD_BEGIN;
	while (!scan->complete) {
		struct record_header h;
		enum record_verdict verdict;
		size_t size;

		if (n - scan->at < RECORD_HEADER_BYTES)
			return RECORD_MORE;
		h = record_header_read(bytes + scan->at);
		verdict = check_header(scan, &h);
		size = RECORD_HEADER_BYTES + h.content + h.padding;
		if (verdict == RECORD_MORE && n - scan->at < size)
			return RECORD_MORE;
		if (verdict == RECORD_MORE)
			verdict = take(scan, &h, bytes);
		if (verdict != RECORD_MORE && verdict != RECORD_LONG)
			return verdict;
		scan->at += size;
		if (verdict == RECORD_LONG)
			return RECORD_LONG;
	}
	return scan->at == n ? RECORD_READY : behind(scan, bytes, n);
}

size_t
record_body(const char *bytes, size_t from, size_t to, char *dest)
{
	size_t n = 0;

	while (from < to) {
		struct record_header h = record_header_read(bytes + from);

		from += RECORD_HEADER_BYTES;
		memcpy(dest + n, bytes + from, h.content);
		n += h.content;
		from += h.content + h.padding;
	}
	return n;
}

size_t
record_params_room(const struct record_scan *scan)
{
	size_t records = scan->params_bytes / RECORD_CONTENT_MAX + 3;

	return records * RECORD_HEADER_BYTES + BEGIN_CONTENT +
	       scan->params_bytes;
}

/* Spreads n bytes at dest + RECORD_HEADER_BYTES over records in place. */
static size_t
params_split(uint16_t id, char *dest, size_t n)
{
	size_t at = 0;

	while (n > RECORD_CONTENT_MAX) {
		size_t next = at + RECORD_HEADER_BYTES + RECORD_CONTENT_MAX;

		record_header_write(
		    dest + at, RECORD_PARAMS, id, RECORD_CONTENT_MAX);
		n -= RECORD_CONTENT_MAX;
		memmove(dest + next + RECORD_HEADER_BYTES, dest + next, n);
		at = next;
	}
	if (n > 0) {
		record_header_write(dest + at, RECORD_PARAMS, id, n);
		at += RECORD_HEADER_BYTES + n;
	}
	record_header_write(dest + at, RECORD_PARAMS, id, 0);
	return at + RECORD_HEADER_BYTES;
}

size_t
record_params(const struct record_scan *scan, const char *bytes, char *dest)
{
	const char content[BEGIN_CONTENT] = { 0, ROLE_RESPONDER,
		FLAG_KEEP_CONN };
	char *params = dest + RECORD_HEADER_BYTES + BEGIN_CONTENT;

	record_header_write(dest, RECORD_BEGIN, scan->id, BEGIN_CONTENT);
	memcpy(dest + RECORD_HEADER_BYTES, content, BEGIN_CONTENT);
	(void)record_body(bytes, scan->params_start, scan->params_end,
	    params + RECORD_HEADER_BYTES);
	return (size_t)(params - dest) +
	       params_split(scan->id, params, scan->params_bytes);
}
