/* A table with a column of every kind, and some with odd names. */
#ifndef WEIR_TESTS_FILTER_TABLE_H
#define WEIR_TESTS_FILTER_TABLE_H

#include "drivers/db/catalog.h"

/* Its key is the first column, id. */
extern const struct db_table filter_table;

#endif
