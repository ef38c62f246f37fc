#include "tests/bench/orders.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/entries.h"

#define TEXT_BYTES  256
#define CODE_COLUMN 2 /* of an order: its country */
#define PLACES_OF_5 "?, ?, ?, ?, ?"
#define PLACES_OF_25                                                           \
	PLACES_OF_5 ", " PLACES_OF_5 ", " PLACES_OF_5 ", " PLACES_OF_5         \
		    ", " PLACES_OF_5

#define COLUMNS                                                                \
	"id, customer, country_code, currency_code, language_code, status,"    \
	" amount, paid, ordered_on, note"

const struct orders_sql_text orders_sql[ORDERS_SQLS] = {
	[ORDERS_PAGE] = { "SELECT " COLUMNS
			  " FROM orders ORDER BY id LIMIT ? OFFSET ?",
	    2, 10 },
	[ORDERS_ROW] = { "SELECT " COLUMNS " FROM orders WHERE id = ?", 1, 10 },
	[ORDERS_COUNTRIES] = { "SELECT code, alpha_3, numeric_code, name,"
			       " official_name, flag FROM country"
			       " WHERE code IN (" PLACES_OF_25 ")",
	    ORDERS_PAGE_ROWS, 6 },
	[ORDERS_INSERT] = { "INSERT INTO entries (name, amount, note)"
			    " VALUES (?, ?, ?)",
	    3, 0 },
};

enum kind { NUMBER, TRUTH, TEXT };

struct column {
	const char *label; /* with all that stands before the value */
	enum kind kind;
};

static const struct column order_columns[] = {
	{ "{\"id\":", NUMBER },
	{ ",\"customer\":", TEXT },
	{ ",\"country_code\":", TEXT },
	{ ",\"currency_code\":", TEXT },
	{ ",\"language_code\":", TEXT },
	{ ",\"status\":", TEXT },
	{ ",\"amount\":", NUMBER },
	{ ",\"paid\":", TRUTH },
	{ ",\"ordered_on\":", TEXT },
	{ ",\"note\":", TEXT },
};

static const struct column country_columns[] = {
	{ "{\"code\":", TEXT },
	{ ",\"alpha_3\":", TEXT },
	{ ",\"numeric_code\":", TEXT },
	{ ",\"name\":", TEXT },
	{ ",\"official_name\":", TEXT },
	{ ",\"flag\":", TEXT },
};

#define N_ORDER   (sizeof(order_columns) / sizeof(order_columns[0]))
#define N_COUNTRY (sizeof(country_columns) / sizeof(country_columns[0]))

/* A row kept until what belongs to it is there. */
struct kept {
	bool null[ORDERS_COLUMNS_MAX];
	char text[ORDERS_COLUMNS_MAX][TEXT_BYTES];
};

struct kept_list {
	struct kept rows[ORDERS_PAGE_ROWS];
	size_t n;
};

/* Rows on their way out. */
struct writing {
	FCGX_Stream *out;
	size_t n;
};

/* The text of the demo data needs no escape. */
static void
value_put(enum kind kind, const char *text, FCGX_Stream *out)
{
	if (text == NULL) {
		(void)FCGX_PutS("null", out);
	} else if (kind == TEXT) {
		(void)FCGX_PutChar('"', out);
		(void)FCGX_PutS(text, out);
		(void)FCGX_PutChar('"', out);
	} else if (kind == TRUTH) {
		(void)FCGX_PutS(*text == '0' ? "false" : "true", out);
	} else {
		(void)FCGX_PutS(text, out);
	}
}

static void
columns_put(const struct column *columns, size_t n, const char *const *text,
    FCGX_Stream *out)
{
	for (size_t i = 0; i < n; i++) {
		(void)FCGX_PutS(columns[i].label, out);
		value_put(columns[i].kind, text[i], out);
	}
}

static void
order_put(void *ctx, const char *const *text)
{
	struct writing *w = ctx;

	if (w->n++ > 0)
		(void)FCGX_PutChar(',', w->out);
	columns_put(order_columns, N_ORDER, text, w->out);
	(void)FCGX_PutChar('}', w->out);
}

static void
keep(struct kept_list *list, const char *const *text, size_t n)
{
	struct kept *row = &list->rows[list->n];

	if (list->n == ORDERS_PAGE_ROWS)
		return;
	list->n++;
	for (size_t i = 0; i < n; i++) {
		row->null[i] = text[i] == NULL;
		(void)snprintf(row->text[i], TEXT_BYTES, "%s",
		    text[i] == NULL ? "" : text[i]);
	}
}

static void
order_keep(void *ctx, const char *const *text)
{
	keep(ctx, text, N_ORDER);
}

static void
country_keep(void *ctx, const char *const *text)
{
	keep(ctx, text, N_COUNTRY);
}

static void
kept_view(const struct kept *row, size_t n, const char **text)
{
	for (size_t i = 0; i < n; i++)
		text[i] = row->null[i] ? NULL : row->text[i];
}

static void
country_put(
    const struct kept_list *countries, const char *code, FCGX_Stream *out)
{
	const char *text[N_COUNTRY];

	(void)FCGX_PutS(",\"country_by_country_code\":", out);
	for (size_t i = 0; i < countries->n; i++) {
		if (strcmp(countries->rows[i].text[0], code) != 0)
			continue;
		kept_view(&countries->rows[i], N_COUNTRY, text);
		columns_put(country_columns, N_COUNTRY, text, out);
		(void)FCGX_PutChar('}', out);
		return;
	}
	(void)FCGX_PutS("null", out);
}

/* In one transaction, as weir reads them: or an order could stand beside a
 * country of another moment. */
static void
related_answer(const struct orders_engine *engine, void *db,
    const struct orders_value *page, FCGX_Stream *out)
{
	static _Thread_local struct kept_list orders, countries;
	struct orders_value codes[ORDERS_PAGE_ROWS];
	const char *text[N_ORDER];

	orders.n = countries.n = 0;
	engine->snapshot(db);
	engine->run(db, ORDERS_PAGE, page, order_keep, &orders);
	for (size_t i = 0; i < ORDERS_PAGE_ROWS; i++)
		codes[i].text =
		    orders.rows[i < orders.n ? i : 0].text[CODE_COLUMN];
	engine->run(db, ORDERS_COUNTRIES, codes, country_keep, &countries);
	engine->rollback(db);
	for (size_t i = 0; i < orders.n; i++) {
		kept_view(&orders.rows[i], N_ORDER, text);
		if (i > 0)
			(void)FCGX_PutChar(',', out);
		columns_put(order_columns, N_ORDER, text, out);
		country_put(&countries, text[CODE_COLUMN], out);
		(void)FCGX_PutChar('}', out);
	}
}

static void
insert_answer(const struct orders_engine *engine, void *db, FCGX_Request *r)
{
	struct orders_value values[ENTRY_VALUES];
	struct entries entries;

	entries_read(r, &entries);
	engine->begin(db);
	for (size_t i = 0; i < entries.n; i++) {
		entries_values(&entries, i, values);
		engine->run(db, ORDERS_INSERT, values, NULL, NULL);
		(void)FCGX_FPrintF(r->out, "%s{\"id\":%lld}", i > 0 ? "," : "",
		    engine->last_id(db));
	}
	engine->commit(db);
	entries_free(&entries);
}

/* The number behind a word of the URI, or what is taken without it. */
static long long
number_behind(const char *uri, const char *word, long long without)
{
	const char *at = strstr(uri, word);

	return at == NULL ? without : atoll(at + strlen(word));
}

void
orders_answer(const struct orders_engine *engine, void *db, FCGX_Request *r)
{
	const char *sent = FCGX_GetParam("REQUEST_URI", r->envp);
	const char *uri = sent == NULL ? "" : sent;
	struct orders_value page[] = {
		{ .number = number_behind(uri, "limit=", ORDERS_PAGE_ROWS) },
		{ .number = number_behind(uri, "offset=", 0) },
	};
	struct orders_value id = { .number = number_behind(
				       uri, "_table/orders/", 0) };
	struct writing w = { .out = r->out };

	(void)FCGX_PutS("Content-Type: application/json\r\n\r\n", r->out);
	if (id.number > 0) {
		engine->run(db, ORDERS_ROW, &id, order_put, &w);
		return;
	}
	(void)FCGX_PutS("{\"resource\":[", r->out);
	if (strstr(uri, "_table/entries") != NULL)
		insert_answer(engine, db, r);
	else if (strstr(uri, "related=") != NULL)
		related_answer(engine, db, page, r->out);
	else
		engine->run(db, ORDERS_PAGE, page, order_put, &w);
	(void)FCGX_PutS("]}", r->out);
}
