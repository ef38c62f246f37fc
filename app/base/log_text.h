/*
 * Text as a line of a log may hold it: whatever came in, it ends no line, and
 * a terminal does nothing but show it.
 */
#ifndef WEIR_BASE_LOG_TEXT_H
#define WEIR_BASE_LOG_TEXT_H

#include "app/base/buf.h"

/* Control characters, and bytes that are no UTF-8, become \xHH; nothing else
 * changes. */
void log_put_shown(struct buf *b, struct str text);

/* The same between quotes, with quotes and backslashes as \" and \\. */
void log_put_quoted(struct buf *b, struct str text);

/* A field of systemd's journal: WEIR_ and the name in upper case; the value is
 * shown as log_put_shown() does, so that it ends with its line. */
void log_put_field(struct buf *b, struct str name, struct str value);

#endif
