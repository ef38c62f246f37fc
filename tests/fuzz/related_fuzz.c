/* Whatever relations and options of theirs a call names, they are few, and the
 * SQL made of them has only names of the catalogue, words of ours, and a value
 * for each "?"; a refusal is one sentence. The input is a query. */
#include "app/base/arena.h"
#include "app/services/db/read/fields.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/related_select.h"
#include "app/services/db/relation/relation.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/filter_shop.h"
#include "tests/support/odd_table.h"

#define MAX_PARAMS  20
#define MAX_RECORDS 10

static void
check(const struct filter_shop *shop, struct statement *s)
{
	struct str rest = buf_str(&s->sql);
	size_t marks = 0;

	HOLDS(sql_is_of(s->sql.arena, rest, &shop->catalog));
	while (str_find(rest, '?') < rest.n) {
		rest = str_skip(rest, str_find(rest, '?') + 1);
		marks++;
	}
	HOLDS(marks == s->n_args);
}

/* All keys of the shop have one column. */
static void
selects(struct arena *a, const struct filter_shop *shop,
    const struct related *related)
{
	struct db_value value = { .type = DB_INT, .i = 1 };
	const struct db_value *list[] = { &value, &value, &value };
	struct related_keys keys = { list, 3 };
	struct statement s;

	HOLDS(related->relation->joint.n == 1);
	statement_open(&s, a, '`');
	related_select(&s, related, &keys);
	check(shop, &s);
	if (related->relation->kind != RELATION_BELONGS_TO)
		return;
	statement_open(&s, a, '`');
	related_select_numbered(&s, related, &keys);
	check(shop, &s);
}

/* How many relations there are, of all levels. */
static size_t
walk(struct arena *a, const struct filter_shop *shop, const struct query *q,
    unsigned level)
{
	size_t n = q->n_related;

	HOLDS(n == 0 || level < RELATED_LEVELS_MAX);
	HOLDS(q->n_fields >= 1 &&
	      q->n_fields + q->n_hidden <= q->table->n_columns);
	for (size_t i = 0; i < q->n_related; i++) {
		const struct related *related = q->related[i];

		HOLDS(related->at[0] < q->n_fields + q->n_hidden);
		HOLDS(q->fields[related->at[0]] ==
		      related->relation->joint.left[0]);
		HOLDS(related->query.limit <= MAX_RECORDS);
		selects(a, shop, related);
		n += walk(a, shop, &related->query, level + 1);
	}
	return n;
}

static void
asks(struct arena *a, const struct filter_shop *shop,
    const struct db_table *table, const struct params *options)
{
	struct related_source source = { .scope = &shop->scope,
		.options = options,
		.text = params_get(options, STR("related")),
		.quote = '`',
		.max_records = MAX_RECORDS };
	struct query q = { .table = table };
	struct error err = { .text = "" };
	struct identity key = identity_key(table);

	fields_of_identity(&q, a, &key);
	if (str_is_null(source.text))
		return;
	if (related_parse(a, &source, &q, &err) == ST_OK)
		HOLDS(walk(a, shop, &q, 0) <= RELATED_MAX);
	else
		HOLDS(err.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	const struct filter_shop *shop;
	struct params options;
	struct arena a;

	arena_init(&a, 65536);
	shop = filter_shop_make(&a);
	if (uri_query(&a, text, MAX_PARAMS, &options)) {
		for (size_t i = 0; i < shop->catalog.n_tables; i++)
			asks(&a, shop, &shop->catalog.tables[i], &options);
	}
	arena_close(&a);
	return 0;
}
