/* What the drivers' statements that change a schema have in common. */
#ifndef WEIR_DB_RESHAPE_SQL_H
#define WEIR_DB_RESHAPE_SQL_H

#include "app/base/buf.h"
#include "drivers/db/reshape.h"

/* `name`, with every ` in it doubled: both engines take that. */
void sql_put_name(struct buf *out, struct str name);

/* (`a`,`b`) */
void sql_put_names(struct buf *out, const struct str *names, size_t n);

/* 'text', quotes doubled; escapes: backslashes too. It holds no NUL. */
void sql_put_text(struct buf *out, struct str text, bool escapes);

/* The type of a column: DECIMAL(8,2). words: of the types without a length, in
 * the engine's language. */
void sql_put_type(struct buf *out, const struct reshape_column *c,
    const char *const words[COLUMN_TYPES]);

/* " DEFAULT ...", nothing for DEFAULT_NONE and DEFAULT_KEEP. */
void sql_put_default(
    struct buf *out, const struct reshape_column *c, bool escapes);

/* A column as the engine has it in CREATE TABLE. */
typedef void put_column_f(struct buf *out, const struct reshape_column *c);

/* CREATE TABLE `name` (columns, PRIMARY KEY (...): more may follow before the
 * closing bracket, which is left out. */
void sql_put_table(
    struct buf *out, const struct reshape_create *c, put_column_f *put_column);

/* CONSTRAINT `name` FOREIGN KEY (...) REFERENCES ... */
void sql_put_key(struct buf *out, const struct reshape_key *key);

/* Asks whether a text of the column is not as the integer in it is written. */
void sql_put_unlike(struct buf *out, struct str table, struct str column,
    const char *as_integer, const char *as_text);

/* CREATE UNIQUE INDEX `name` ON `table` (...) */
void sql_put_index(
    struct buf *out, struct str table, const struct reshape_index *index);

#endif
