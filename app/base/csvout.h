/* Fields of CSV (RFC 4180), written into a buffer. */
#ifndef WEIR_BASE_CSVOUT_H
#define WEIR_BASE_CSVOUT_H

#include "app/base/buf.h"

/*
 * A text, in quotes where it needs them, and where it is empty: a field without
 * anything is for what is absent. The caller puts commas and line ends.
 */
void csv_put_text(struct buf *b, struct str s);

#define CSV_LINE_END STR("\r\n")

#endif
