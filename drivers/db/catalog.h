/*
 * What a database holds: tables and views, their columns and keys. Read by a
 * driver into an arena, then never changed. Identifiers in SQL come from here
 * and from nowhere else.
 */
#ifndef WEIR_DB_CATALOG_H
#define WEIR_DB_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "app/base/table.h"

/* How a column's values go in and out, whatever the engine calls its type. */
enum column_kind {
	COLUMN_INTEGER,
	COLUMN_BOOLEAN,
	COLUMN_REAL,
	COLUMN_DECIMAL,
	COLUMN_TEXT,
	COLUMN_BINARY,
	COLUMN_DATE,
	COLUMN_TIME,
	COLUMN_DATETIME,
	COLUMN_JSON,
	COLUMN_ANY /* SQLite column without a type */
};

/* What the kind leaves open about values on their way in. */
enum column_form {
	FORM_PLAIN,
	FORM_YEAR,     /* an integer: 0 says none, others begin at 1901 */
	FORM_FLOAT,    /* a real of 4 bytes */
	FORM_FIXED,    /* a text: blanks at its end are no part of it; a binary:
			* filled up with zeros to its length */
	FORM_BYTES,    /* a text whose length counts bytes of UTF-8 */
	FORM_GEOMETRY, /* a binary: SRID and WKB */
	FORM_LOOSE,    /* a date or time that stays as it was written, be it
			* with a zone, beyond any range, or a number */
	FORM_OBJECT    /* JSON that goes in and out as such, not as a text of
			* it; no driver says so, but who uses the catalogue */
};

struct column {
	struct str name;
	struct str label;   /* ,"name": as a JSON object has it behind another
			     * member; STR_NULL: not written yet */
	struct str db_type; /* as declared */
	enum column_kind kind;
	bool not_null;
	bool has_default;
	bool auto_increment;
	bool generated;      /* computed; never written */
	bool follows_update; /* set to the time of every change of its row */
	bool is_unsigned;    /* a number never below 0; an integer may be above
			      * INT64_MAX */
	unsigned digits;     /* significant ones that a decimal keeps, 0: what
			      * its declaration says */
	unsigned key_part; /* 1-based place in the primary key, 0: not in it */

	/*
	 * What the declaration bounds; 0: nothing. SQLite itself keeps to no
	 * length, precision or scale, but who declares VARCHAR(80) means it:
	 * they are as declared there. Its integers have 8 bytes whatever
	 * they are called.
	 */
	int64_t length;     /* characters of a text, bytes of a binary */
	unsigned precision; /* digits of a decimal, scale of them behind the
			     * point */
	unsigned scale;
	unsigned width; /* bytes of an integer, 0: is none */
	int64_t least;  /* of an integer, as all of most is */
	uint64_t most;
	enum column_form form;
	struct str *choices; /* of ENUM and SET */
	size_t n_choices;
	bool is_set;             /* several of the choices, with commas */
	struct str default_text; /* in SQL: 'a', 5, current_timestamp();
				  * STR_NULL: none */
	bool is_unique;          /* by an index of its own */
	bool is_index;           /* the first column of an index, other than
				  * the primary key's */
};

struct db_index {
	struct str name;
	struct str *columns;
	size_t n;
	bool is_unique; /* among all rows: false for one with a WHERE */
};

/* columns[i] refers to ref_columns[i] of ref_table. */
struct foreign_key {
	struct str name; /* of the constraint; STR_NULL where there is none */
	struct str *columns;
	struct str *ref_columns;
	size_t n;
	struct str ref_table;
	bool cascades;        /* a write to ref_table may write to this table */
	struct str on_update; /* "CASCADE"; STR_NULL: may not be told */
	struct str on_delete;
};

struct db_table {
	struct str name;
	bool is_view;
	bool is_virtual; /* its rows may come from other tables, as a view's */
	bool has_triggers;
	bool undoes;   /* a statement that fails leaves nothing of it behind */
	bool replaces; /* SQLite: ON CONFLICT REPLACE, or a word like it */
	struct column *columns;
	size_t n_columns;
	struct column **key; /* primary key, in key order */
	size_t n_key;
	struct foreign_key *foreign_keys;
	size_t n_foreign_keys;
	struct db_index *indexes; /* of columns, without the primary key's */
	size_t n_indexes;
	struct table by_name; /* column name -> struct column */
};

struct catalog {
	struct db_table *tables; /* sorted by name */
	size_t n_tables;
	struct table by_name; /* table name -> struct db_table */
	int64_t schema_version;
	bool hides; /* tables may be there of which this user is not told */
};

/* Exact name first, then ignoring ASCII case; NULL when there is none. */
const struct db_table *catalog_table(const struct catalog *c, struct str name);
const struct column *table_column(const struct db_table *t, struct str name);

#endif
