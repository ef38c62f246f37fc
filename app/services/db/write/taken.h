/* The first row that a statement gives, kept beyond the statement. */
#ifndef WEIR_SERVICES_DB_TAKEN_H
#define WEIR_SERVICES_DB_TAKEN_H

#include <stddef.h>

#include "app/base/status.h"
#include "drivers/db/db.h"

struct arena;

struct taken {
	struct arena *arena; /* of the bytes of the values */
	struct db_value *v;  /* room for all of the row's */
	size_t n;            /* of values; 0: no row */
	size_t rows;         /* all that came */
};

/* A db_row_f on a struct taken. */
enum status taken_take(void *ctx, const struct db_value *v, size_t n);

/* Copies n values and their bytes. */
void taken_copy(struct arena *arena, struct db_value *to,
    const struct db_value *v, size_t n);

#endif
