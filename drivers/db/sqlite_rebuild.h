/* Within the sqlite driver: a table being made anew. */
#ifndef WEIR_DB_SQLITE_REBUILD_H
#define WEIR_DB_SQLITE_REBUILD_H

#include "drivers/db/sqlite_reshape.h"

/* An index or trigger of the table, to be made again. */
struct sqlite_dependent {
	struct str name;
	struct str sql;
	bool is_index;
};

struct sqlite_rebuilding {
	struct reshaping *r;
	const struct reshape_alter *alter;
	struct str name;
	struct str other;  /* the new table's, until it takes the old one's */
	struct str sql;    /* of the table */
	struct buf others; /* of struct sqlite_dependent */
	struct sqlite_probe probe;
	bool has_rowid;
	int64_t rows;
	int64_t sequence; /* -1: it has none */
	int64_t broken;   /* foreign keys that lead nowhere as it is */
};

/* -- sqlite_rebuild_read.c ------------------------------------------------- */

/* What must be the same afterwards. */
enum status sqlite_rebuild_read(struct sqlite_rebuilding *b, struct error *err);

/* How many rows have foreign keys that lead nowhere, where the change may have
 * made some. */
enum status sqlite_broken_count(
    struct sqlite_rebuilding *b, int64_t *out, struct error *err);

#endif
