/*
 * A change of a schema, for struct db_driver's reshape: tables to make, to
 * change and to drop. Whoever orders it has checked that names are well formed
 * and free, that what is referred to exists, and that nothing of it contradicts
 * the rest; drivers quote what they write, and know their own words for types.
 */
#ifndef WEIR_DB_RESHAPE_H
#define WEIR_DB_RESHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/db/db.h"

struct arena;
struct column;
struct db_index;
struct db_table;
struct foreign_key;

/* What a column may be made of, whatever an engine calls it. */
enum column_type {
	TYPE_KEEP, /* as another column is declared: see there */
	TYPE_ID,   /* counts up by itself, and is the primary key */
	TYPE_BIGID,
	TYPE_TINYINT,
	TYPE_SMALLINT,
	TYPE_MEDIUMINT,
	TYPE_INTEGER,
	TYPE_BIGINT,
	TYPE_BOOLEAN,
	TYPE_DECIMAL, /* precision, scale */
	TYPE_FLOAT,
	TYPE_DOUBLE,
	TYPE_STRING, /* length; fixed */
	TYPE_TEXT,
	TYPE_MEDIUMTEXT,
	TYPE_LONGTEXT,
	TYPE_BINARY, /* length, 0: any; fixed */
	TYPE_DATE,
	TYPE_TIME,
	TYPE_DATETIME,
	TYPE_TIMESTAMP,
	TYPE_JSON,
	COLUMN_TYPES
};

enum default_kind {
	DEFAULT_NONE,
	DEFAULT_VALUE, /* value */
	DEFAULT_NOW,   /* the time at which the row is made */
	DEFAULT_KEEP   /* of a change: the one that there is */
};

struct reshape_column {
	struct str name;
	enum column_type type;
	struct str declared; /* TYPE_KEEP: the other's db_type */
	int64_t length;
	unsigned precision;
	unsigned scale;
	bool fixed;
	bool not_null;
	bool follows_update; /* set to the time of every change of its row */
	enum default_kind default_kind;
	struct db_value value; /* DB_TEXT, DB_NUMBER, DB_BOOL */
};

/*
 * What of a column becomes another. Of the types that a text may get, an
 * integer is the only one that is none: then each value must be written as
 * integers are, or the change is refused.
 */
struct reshape_change {
	const struct column *column;
	struct reshape_column to; /* all of it, as it shall be */
	bool retypes;
	bool renulls;
	bool redefaults;
};

/* Does it make integers of texts? */
bool reshape_reads_texts(const struct reshape_change *change);

struct reshape_index {
	struct str name;
	const struct str *columns;
	size_t n;
	bool is_unique;
};

struct reshape_key {
	struct str name;
	const struct str *columns;
	const struct str *ref_columns;
	size_t n;
	struct str ref_table;
	struct str on_update; /* "CASCADE"; STR_NULL: not said */
	struct str on_delete;
};

struct reshape_create {
	struct str name;
	const struct reshape_column *columns;
	size_t n_columns;
	const struct str *key; /* unless a column is TYPE_ID or TYPE_BIGID */
	size_t n_key;
	const struct reshape_index *indexes;
	size_t n_indexes;
	const struct reshape_key *keys;
	size_t n_keys;
};

/* Of a table in the catalogue, whose members these are. Indexes and foreign
 * keys of one dropped column alone go with it; they are not listed. */
struct reshape_alter {
	const struct db_table *table;
	const struct reshape_column *add;
	size_t n_add;
	const struct reshape_change *change;
	size_t n_change;
	const struct column **drop;
	size_t n_drop;
	const struct reshape_index *add_indexes;
	size_t n_add_indexes;
	const struct db_index **drop_indexes;
	size_t n_drop_indexes;
	const struct reshape_key *add_keys;
	size_t n_add_keys;
	const struct foreign_key **drop_keys;
	size_t n_drop_keys;
};

enum step_kind { STEP_CREATE, STEP_ALTER, STEP_DROP };

struct reshape_step {
	enum step_kind kind;
	struct reshape_create create;
	struct reshape_alter alter;
	const struct db_table *drop;
};

struct reshape {
	const struct reshape_step *steps;
	size_t n;
	int64_t schema_version; /* of the catalogue they were made by */
	int64_t deadline_ms;
	struct arena *arena; /* for the statements */
};

/* What became of it when it failed. */
struct reshape_result {
	size_t stands; /* of the first steps, what was done and is not undone */
	size_t failed; /* the step, n: none in particular */
	bool in_doubt; /* the answer to that step did not come */
	/* The engine cannot do it, or not without losing something. */
	bool unsupported;
};

#endif
