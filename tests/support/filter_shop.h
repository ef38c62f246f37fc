/* Tables that relate in every way, some of them with odd names, to try filters
 * on related records with. */
#ifndef WEIR_TESTS_FILTER_SHOP_H
#define WEIR_TESTS_FILTER_SHOP_H

#include "app/services/db/filter/filter.h"
#include "drivers/db/catalog.h"

struct arena;

/*
 * "customers"; "orders" with a customer, a payer (another key to customers), a
 * code and a parent order; "tags" through "taggings"; "R1", which the caller
 * may not read; "a`b" and its "x; DROP". Of tags the caller may go by those
 * with id > 7, of taggings by those with mark = 5.
 */
struct filter_shop {
	struct catalog catalog;
	struct filter_scope scope;
};

/* In the arena. */
struct filter_shop *filter_shop_make(struct arena *arena);

const struct db_table *filter_shop_table(
    const struct filter_shop *shop, const char *name);

#endif
