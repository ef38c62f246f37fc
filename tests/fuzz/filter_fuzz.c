/* Whatever a filter says, the SQL made of it has only names of the catalogue,
 * words of ours, and a value for each "?"; a refusal is one sentence. Before a
 * line feed: the filter; behind it: the params. */
#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"
#include "drivers/db/catalog.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/filter_shop.h"
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

/* The table, or one of the shop. */
static void
check(struct arena *a, struct str text, const struct db_table *table,
    const struct filter_shop *shop, const struct params *params)
{
	struct filter_reach reach = { .n = 0 };
	struct filter_order order = { .text = text,
		.table = table,
		.params = params,
		.quote = '`',
		.scope = shop == NULL ? NULL : &shop->scope,
		.reach = &reach };
	struct error err = { .text = "" };
	struct condition c;

	if (filter_parse(a, &order, &c, &err) != ST_OK) {
		HOLDS(err.status == ST_INVALID ||
		      (err.status == ST_DENIED && shop != NULL));
		HOLDS(err.text[0] != '\0');
		return;
	}
	if (shop == NULL)
		HOLDS(sql_is_ours(a, c.sql, table));
	else
		HOLDS(sql_is_of(a, c.sql, &shop->catalog));
	HOLDS(marks_in(c.sql) == c.n_args);
	HOLDS(c.n_args <= FILTER_CONDITIONS_MAX + FILTER_ELEMENTS_MAX +
			      2 * FILTER_LEVELS_MAX * FILTER_RELATED_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make((const char *)data, size);
	struct str text = str_cut(&rest, '\n');
	struct param option = { STR("params"), rest };
	struct params options = { &option, 1 };
	struct params params = { 0 };
	const struct filter_shop *shop;
	struct arena a;

	arena_init(&a, 65536);
	if (filter_params(&a, &options, &params, NULL) != ST_OK)
		params.n = 0;
	check(&a, text, &filter_table, NULL, &params);
	check(&a, text, &odd_table, NULL, &params);
	shop = filter_shop_make(&a);
	for (size_t i = 0; i < shop->catalog.n_tables; i++)
		check(&a, text, &shop->catalog.tables[i], shop, &params);
	arena_close(&a);
	return 0;
}
