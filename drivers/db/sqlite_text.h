/*
 * The text by which SQLite keeps a table, cut into its parts and put together
 * anew with some of them changed: what is not changed stays as it was written,
 * comments between the parts excepted.
 */
#ifndef WEIR_DB_SQLITE_TEXT_H
#define WEIR_DB_SQLITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/buf.h"
#include "drivers/db/reshape.h"

struct arena;

enum sqlite_clause_kind {
	CLAUSE_OTHER, /* CHECK, COLLATE, GENERATED, PRIMARY KEY of a column */
	CLAUSE_NULL,  /* NULL, NOT NULL */
	CLAUSE_DEFAULT,
	CLAUSE_UNIQUE,
	CLAUSE_REFERENCES, /* of a column */
	CLAUSE_FOREIGN     /* of the table */
};

/* A constraint as it is written, with its name. */
struct sqlite_clause {
	enum sqlite_clause_kind kind;
	struct str text;
	struct str *columns; /* UNIQUE and FOREIGN of the table */
	size_t n;
	struct str ref_table; /* REFERENCES, FOREIGN */
};

/* A column. Its text is that of its name, its type and its clauses. */
struct sqlite_item {
	struct str name;    /* as it is meant */
	struct str written; /* as it is written */
	struct str type;
	struct sqlite_clause *clauses;
	size_t n;
};

struct sqlite_text {
	struct sqlite_item *columns;
	size_t n_columns;
	struct sqlite_clause *constraints; /* of the table */
	size_t n_constraints;
	struct str tail; /* "WITHOUT ROWID" */
};

/* Cuts a CREATE TABLE, which must be one that SQLite keeps. False: there is
 * more in it than is understood. Views of the text, lists in the arena. */
bool sqlite_text_cut(
    struct arena *arena, struct str sql, struct sqlite_text *out);

/*
 * The text of a table of that other name after the change: dropped columns
 * are gone, with the foreign keys and unique constraints of theirs alone,
 * changed ones have what was changed, new ones stand last.
 */
struct str sqlite_text_altered(struct arena *arena,
    const struct sqlite_text *text, const struct reshape_alter *alter,
    struct str name);

/* Is the trigger for changes of that column (UPDATE OF)? Without the column it
 * would never fire again, and SQLite would not say so. */
bool sqlite_trigger_names(
    struct arena *arena, struct str sql, struct str column);

/* A column as it is written in CREATE TABLE and ADD COLUMN. */
void sqlite_put_column(struct buf *out, const struct reshape_column *c);

/* The type alone. */
void sqlite_put_type(struct buf *out, const struct reshape_column *c);

#endif
