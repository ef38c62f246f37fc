/* cache_tables_by_routine of a service: which tables a procedure or function
 * writes, as its operator says. */
#ifndef WEIR_SERVICES_DB_ROUTINE_TABLES_H
#define WEIR_SERVICES_DB_ROUTINE_TABLES_H

#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

#define ROUTINE_TABLES_MAX 1000

struct routine_writes {
	struct str routine;
	struct str tables; /* with blanks between them; may be none */
};

struct routine_tables {
	const struct routine_writes *list;
	size_t n;
};

/* "book=orders stock, report="; an empty text names none. The list lives in the
 * arena, its texts are views of the text. ST_INVALID says what is wrong. */
enum status routine_tables_read(struct arena *arena, struct str text,
    struct routine_tables *out, struct error *err);

/* NULL: nothing is said of the routine of that name, in any case. */
const struct routine_writes *routine_tables_find(
    const struct routine_tables *tables, struct str routine);

#endif
