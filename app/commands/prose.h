/* Sentences of tables, laid out for a terminal or for a manual page. */
#ifndef WEIR_COMMANDS_PROSE_H
#define WEIR_COMMANDS_PROSE_H

#include "app/base/buf.h"
#include "app/base/str.h"

/* Appends words in lines that fit a terminal, each begun with `before`. */
void prose_put(struct buf *out, struct str before, struct str text);

/* Appends sentences as mdoc wants them, each on a line of its own. The buf
 * must be in an arena. */
void prose_put_mdoc(struct buf *out, struct str text);

#endif
