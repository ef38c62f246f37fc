/*
 * The text of one SQL statement and what is bound to it, being made. Only
 * three things can get into the text: words written in this program, names
 * from a catalogue (quoted), and "?".
 */
#ifndef WEIR_SERVICES_DB_STATEMENT_H
#define WEIR_SERVICES_DB_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "drivers/db/db.h"

struct column;
struct db_table;

/*
 * A condition that a role puts on the rows it may touch, made like any other
 * part of a statement. Every builder takes one; NULL: no condition.
 */
struct condition {
	struct str sql;
	const struct db_value *args;
	size_t n_args;
};

struct statement {
	struct buf sql;
	struct db_value *args;
	size_t n_args;
	size_t room;      /* for args */
	char quote;       /* the driver's, around names */
	bool keeps;       /* SQLite: no row is replaced by a write, whatever the
			   * table declares */
	struct str alias; /* of the table whose columns statement_column()
			   * names; STR_NULL: they stand alone */
};

/* Everything lives in the arena. */
void statement_open(struct statement *s, struct arena *arena, char quote);

/* Words of this program: a literal, never anything computed. */
#define statement_put(s, literal) buf_put(&(s)->sql, STR(literal))

/* A name of the catalogue, quoted. */
void statement_name(struct statement *s, struct str name);

/* A column's name, behind the alias if there is one. */
void statement_column(struct statement *s, const struct column *column);

/* The names of n columns with commas between them. */
void statement_columns(
    struct statement *s, const struct column *const *columns, size_t n);

/* "?", bound to v, whose bytes are borrowed until the statement has run. */
void statement_bind(struct statement *s, struct db_value v);

/* "(...)" */
void statement_condition(struct statement *s, const struct condition *c);

/* A view to run, valid while s is not added to. */
struct db_stmt statement_end(const struct statement *s);

#endif
