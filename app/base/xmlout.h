/* Text and names of XML 1.0, written into a buffer. */
#ifndef WEIR_BASE_XMLOUT_H
#define WEIR_BASE_XMLOUT_H

#include "app/base/buf.h"

/*
 * Text between tags. What XML cannot hold, control characters and what is no
 * UTF-8, becomes U+FFFD; a carriage return stays one.
 */
void xml_put_text(struct buf *b, struct str s);

/*
 * A name as near to s as XML allows: each character that may not stand in one
 * becomes "_", and where the first may not be the first, "_" is put before it.
 * Nothing is a name space, so neither is ":".
 */
void xml_put_name(struct buf *b, struct str s);

#endif
