/*
 * Parts of a content (RFC 9110 section 14): one range of bytes. Who asks for
 * several, in another unit, or in words that mean nothing gets all of it, as
 * the standard lets a server do.
 */
#ifndef WEIR_RANGE_H
#define WEIR_RANGE_H

#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/str.h"

enum range_verdict {
	RANGE_WHOLE, /* no range that counts: 200 */
	RANGE_PART,  /* 206 */
	RANGE_NONE   /* nothing of the content lies there: 416 */
};

struct range {
	int64_t first;
	int64_t length; /* at least 1 */
};

/* What a Range field asks of a content of `size` bytes. *out: the part, of
 * RANGE_PART alone. STR_NULL: there is no such field. */
enum range_verdict range_read(
    struct str field, int64_t size, struct range *out);

/* Appends a Content-Range line, CRLF at its end. range: NULL for a 416. */
void range_put(struct buf *head, const struct range *range, int64_t size);

/*
 * Does an If-Range field name what stands now, so that the Range counts? etag:
 * with its quotes, compared strongly; modified: Unix seconds, 0: not known;
 * a date must be that very second, and one that is over.
 */
bool range_if(
    struct str field, struct str etag, int64_t modified, int64_t now_s);

#endif
