/* JSON text written straight into a buffer: no tree, no allocation a value. */
#ifndef WEIR_BASE_JSONOUT_H
#define WEIR_BASE_JSONOUT_H

#include "app/base/buf.h"

/*
 * A quoted string. Valid UTF-8 goes out as it is; control bytes, quotes and
 * backslashes are escaped; "/" is not; each byte that is not part of valid
 * UTF-8 becomes U+FFFD, so the output is always valid JSON.
 */
void json_put_str(struct buf *b, struct str s);

/* Shortest text that reads back as v; 10.0 is 10; not finite is null. */
void json_put_double(struct buf *b, double v);

void json_put_bool(struct buf *b, bool v);

/* Base64 with padding, quoted. */
void json_put_base64(struct buf *b, const void *bytes, size_t n);

/* ["name":] with a comma before it unless it opens an object or array. */
void json_put_name(struct buf *b, struct str name);

#endif
