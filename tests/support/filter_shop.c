#include "tests/support/filter_shop.h"

#include "app/base/arena.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/statement.h"
#include "drivers/db/catalog_build.h"

#define COLUMNS_MAX 5
#define KEYS_MAX    3

/* A column and what it refers to; id is the key of each table. */
struct wanted_column {
	const char *name;
	const char *ref_table; /* its id; NULL: a column like others */
	enum column_kind kind;
};

struct wanted_table {
	const char *name;
	struct wanted_column columns[COLUMNS_MAX];
};

#define ID                                                                     \
	{                                                                      \
		"id", NULL, COLUMN_INTEGER                                     \
	}

static const struct wanted_table wanted[] = {
	{ "R1", { ID, { "customer", "customers", COLUMN_INTEGER },
		    { "name", NULL, COLUMN_TEXT } } },
	{ "a`b", { ID, { "x; DROP", "customers", COLUMN_INTEGER },
		     { "\"q\".z", NULL, COLUMN_TEXT } } },
	{ "customers", { ID, { "name", NULL, COLUMN_TEXT },
			   { "a.b", NULL, COLUMN_TEXT } } },
	{ "orders", { ID, { "customer", "customers", COLUMN_INTEGER },
			{ "payer", "customers", COLUMN_INTEGER },
			{ "amount", NULL, COLUMN_INTEGER },
			{ "parent", "orders", COLUMN_INTEGER } } },
	{ "taggings", { ID, { "order", "orders", COLUMN_INTEGER },
			  { "tag", "tags", COLUMN_INTEGER },
			  { "mark", NULL, COLUMN_INTEGER } } },
	{ "tags", { ID, { "name", NULL, COLUMN_TEXT } } },
};

#define TABLES (sizeof(wanted) / sizeof(wanted[0]))

static void
key_add(struct arena *arena, struct db_table *table,
    const struct wanted_column *column)
{
	struct foreign_key *key = &table->foreign_keys[table->n_foreign_keys++];

	key->columns = arena_alloc(arena, sizeof(key->columns[0]));
	key->ref_columns = arena_alloc(arena, sizeof(key->ref_columns[0]));
	key->columns[0] = str_of(column->name);
	key->ref_columns[0] = STR("id");
	key->ref_table = str_of(column->ref_table);
	key->n = 1;
}

static void
table_make(
    struct arena *arena, const struct wanted_table *from, struct db_table *to)
{
	to->name = str_of(from->name);
	to->columns = arena_zalloc(arena, COLUMNS_MAX * sizeof(to->columns[0]));
	to->foreign_keys =
	    arena_zalloc(arena, KEYS_MAX * sizeof(to->foreign_keys[0]));
	for (size_t i = 0; i < COLUMNS_MAX && from->columns[i].name != NULL;
	     i++) {
		to->columns[to->n_columns++] =
		    (struct column){ .name = str_of(from->columns[i].name),
			    .kind = from->columns[i].kind,
			    .key_part = i == 0 ? 1 : 0 };
		if (from->columns[i].ref_table != NULL)
			key_add(arena, to, &from->columns[i]);
	}
	table_link(to, arena);
}

static void
condition_make(struct arena *arena, const struct db_table *table,
    struct str alias, const struct condition **out)
{
	bool tags = str_eq(table->name, STR("tags"));
	struct condition *made = arena_alloc(arena, sizeof(*made));
	struct statement s;

	statement_open(&s, arena, '`');
	s.alias = alias;
	statement_column(
	    &s, table_column(table, tags ? STR("id") : STR("mark")));
	buf_put(&s.sql, tags ? STR(" > ") : STR(" = "));
	statement_bind(
	    &s, (struct db_value){ .type = DB_INT, .i = tags ? 7 : 5 });
	*made = (struct condition){ buf_str(&s.sql), s.args, s.n_args };
	*out = made;
}

static enum status
rows_of(const void *ctx, const struct db_table *table, struct str alias,
    const struct condition **out, struct error *err)
{
	struct arena *arena = *(struct arena *const *)ctx;

	*out = NULL;
	if (str_eq(table->name, STR("R1")))
		return error_set(err, ST_DENIED, "Not R1.");
	if (str_eq(table->name, STR("tags")) ||
	    str_eq(table->name, STR("taggings")))
		condition_make(arena, table, alias, out);
	return ST_OK;
}

struct filter_shop *
filter_shop_make(struct arena *arena)
{
	struct filter_shop *shop = arena_zalloc(arena, sizeof(*shop));
	struct arena **ctx = arena_alloc(arena, sizeof(*ctx));
	struct catalog *catalog = &shop->catalog;

	*ctx = arena;
	catalog->tables =
	    arena_zalloc(arena, TABLES * sizeof(catalog->tables[0]));
	for (size_t i = 0; i < TABLES; i++)
		table_make(
		    arena, &wanted[i], &catalog->tables[catalog->n_tables++]);
	catalog_link(catalog, arena);
	shop->scope = (struct filter_scope){
		.catalog = catalog,
		.relations = relations_of(arena, catalog),
		.rows = rows_of,
		.ctx = ctx,
	};
	return shop;
}

const struct db_table *
filter_shop_table(const struct filter_shop *shop, const char *name)
{
	return catalog_table(&shop->catalog, str_of(name));
}
