/* Values between JSON and the database (dreamfactory.md 7.7). */
#ifndef WEIR_SERVICES_DB_VALUE_H
#define WEIR_SERVICES_DB_VALUE_H

#include "app/base/buf.h"
#include "app/base/jsonread.h"
#include "drivers/db/db.h"

struct column;

/* As JSON: blobs in base64, decimals with all their digits. */
void value_put(struct buf *out, const struct db_value *v);

/* The same for a value of the column, or of a function of it: a boolean that
 * came as a number is one; JSON goes out as such where the column has
 * FORM_OBJECT, unless it is none. */
void value_put_field(
    struct buf *out, const struct column *column, const struct db_value *v);

/*
 * What the JSON means for the column: integers may stand in strings, booleans
 * in words, binary is base64, a JSON column takes anything. ST_INVALID names
 * the field and what it must be. JSON's null is DB_NULL for every column.
 * What is to be written has bounds besides: bounds.h.
 * Bytes live as long as the JSON or the arena.
 */
enum status value_read(struct arena *arena, const struct column *column,
    struct json v, struct db_value *out, struct error *err);

/*
 * Gives a value the form in which the column keeps it (enum column_form), so
 * that it is equal to what is stored: 0.1 is the nearest float to it, 'ab '
 * has no blank, x'00' has as many bytes as the others.
 */
void value_as_kept(
    struct arena *arena, const struct column *column, struct db_value *v);

#endif
