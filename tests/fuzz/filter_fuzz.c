/* Whatever a filter says, the SQL made of it has only names of the catalogue,
 * words of ours, and a value for each "?"; a refusal is one sentence. Before a
 * line feed: the filter; behind it: the params. */
#include "app/base/arena.h"
#include "app/services/db/filter.h"
#include "drivers/db/catalog.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/filter_table.h"
#include "tests/support/odd_table.h"

static size_t
marks_in(struct str sql)
{
	size_t n = 0;

	for (size_t i = 0; i < sql.n; i++)
		n += sql.p[i] == '?';
	return n;
}

static void
check(struct arena *a, struct str text, const struct db_table *table,
    const struct params *params)
{
	struct filter_order order = { text, table, params, '`' };
	struct error err = { .text = "" };
	struct condition c;

	if (filter_parse(a, &order, &c, &err) != ST_OK) {
		HOLDS(err.status == ST_INVALID && err.text[0] != '\0');
		return;
	}
	HOLDS(sql_is_ours(a, c.sql, table));
	HOLDS(marks_in(c.sql) == c.n_args);
	HOLDS(c.n_args <= FILTER_CONDITIONS_MAX + FILTER_ELEMENTS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make((const char *)data, size);
	struct str text = str_cut(&rest, '\n');
	struct param option = { STR("params"), rest };
	struct params options = { &option, 1 };
	struct params params = { 0 };
	struct arena a;

	arena_init(&a, 65536);
	if (filter_params(&a, &options, &params, NULL) != ST_OK)
		params.n = 0;
	check(&a, text, &filter_table, &params);
	check(&a, text, &odd_table, &params);
	arena_close(&a);
	return 0;
}
