#include "tests/support/filter_table.h"

static struct column columns[] = {
	{ .name = { "id", 2 }, .kind = COLUMN_INTEGER, .key_part = 1 },
	{ .name = { "big", 3 }, .kind = COLUMN_INTEGER, .is_unsigned = true },
	{ .name = { "name", 4 }, .kind = COLUMN_TEXT },
	{ .name = { "price", 5 }, .kind = COLUMN_DECIMAL },
	{ .name = { "ratio", 5 }, .kind = COLUMN_REAL },
	{ .name = { "truth", 5 }, .kind = COLUMN_BOOLEAN },
	{ .name = { "raw", 3 }, .kind = COLUMN_BINARY },
	{ .name = { "day", 3 }, .kind = COLUMN_DATE },
	{ .name = { "clock", 5 }, .kind = COLUMN_TIME },
	{ .name = { "moment", 6 }, .kind = COLUMN_DATETIME },
	{ .name = { "doc", 3 }, .kind = COLUMN_JSON },
	{ .name = { "loose", 5 }, .kind = COLUMN_ANY },
	{ .name = { "not", 3 }, .kind = COLUMN_TEXT },
	{ .name = { "in", 2 }, .kind = COLUMN_TEXT },
	{ .name = { "a b", 3 }, .kind = COLUMN_TEXT },
	{ .name = { "a`b", 3 }, .kind = COLUMN_TEXT },
	{ .name = { "x.y", 3 }, .kind = COLUMN_TEXT },
	{ .name = { "n\xc3\xa9-1", 5 }, .kind = COLUMN_INTEGER },
};

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static struct column *key[] = { &columns[0] };

const struct db_table filter_table = {
	.name = { "things", 6 },
	.columns = columns,
	.n_columns = N_COLUMNS,
	.key = key,
	.n_key = 1,
};
