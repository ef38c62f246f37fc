/* Parameters of a routine as one text: 1, 'it''s', null. */
#ifndef WEIR_SERVICES_DB_ROUTINE_TEXT_H
#define WEIR_SERVICES_DB_ROUTINE_TEXT_H

#include "app/services/db/routine/routine_given.h"

/* A string of JSON that means the text; bytes that are no UTF-8 become
 * U+FFFD. */
struct json routine_text_value(struct arena *arena, struct str text);

/* See routine_given.h; a text of blanks gives none. ST_INVALID. */
enum status routine_text_read(struct arena *arena, struct str text,
    struct routine_given *out, struct error *err);

/* What stands between "(" and the ")" that ends the text. */
enum status routine_text_inlined(struct arena *arena, struct str inlined,
    struct routine_given *out, struct error *err);

#endif
