#include "tests/bench/orders.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS                                                                \
	"id, customer, country_code, currency_code, language_code, status,"    \
	" amount, paid, ordered_on, note"

const char orders_page_sql[] =
    "SELECT " COLUMNS " FROM orders ORDER BY id LIMIT 25 OFFSET ?";
const char orders_row_sql[] = "SELECT " COLUMNS " FROM orders WHERE id = ?";

enum kind { NUMBER, TRUTH, TEXT };

static const struct {
	const char *label; /* with all that stands before the value */
	enum kind kind;
} columns[ORDERS_COLUMNS] = {
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

struct orders_ask
orders_asked(const FCGX_Request *r)
{
	static const char row[] = "_table/orders/";
	static const char offset[] = "offset=";
	const char *uri = FCGX_GetParam("REQUEST_URI", r->envp);
	const char *id = uri ? strstr(uri, row) : NULL;
	const char *from = uri ? strstr(uri, offset) : NULL;

	if (id != NULL)
		return (struct orders_ask){ .value = atoll(id + strlen(row)) };
	return (struct orders_ask){ .is_page = true,
		.value = from ? atoll(from + strlen(offset)) : 0 };
}

void
orders_begin(const struct orders_ask *ask, FCGX_Stream *out)
{
	(void)FCGX_PutS("Content-Type: application/json\r\n\r\n", out);
	if (ask->is_page)
		(void)FCGX_PutS("{\"resource\":[", out);
}

void
orders_end(const struct orders_ask *ask, FCGX_Stream *out)
{
	if (ask->is_page)
		(void)FCGX_PutS("]}", out);
}

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

void
orders_row(const char *const *text, int n, FCGX_Stream *out)
{
	if (n > 0)
		(void)FCGX_PutChar(',', out);
	for (int i = 0; i < ORDERS_COLUMNS; i++) {
		(void)FCGX_PutS(columns[i].label, out);
		value_put(columns[i].kind, text[i], out);
	}
	(void)FCGX_PutChar('}', out);
}
