/*
 * Whatever a body says of a table, what is ordered of it SQLite does or refuses
 * as a whole, and does nothing beside: the tables that are not meant stay, with
 * their rows. The input is the table as JSON.
 */
#include "app/base/arena.h"
#include "app/base/jsonread.h"
#include "app/services/db/db.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/schema/table_draft.h"
#include "drivers/db/sqlite.h"
#include "tests/fuzz/fuzz.h"

#define FOREVER INT64_MAX

static const char script[] =
    "CREATE TABLE kept (id INTEGER PRIMARY KEY, code TEXT UNIQUE);"
    "INSERT INTO kept VALUES (1, 'a'), (2, 'b');"
    "CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, "
    "n INTEGER DEFAULT 7 UNIQUE, price DECIMAL(8,2), note TEXT, "
    "kept INTEGER REFERENCES kept (id) ON DELETE CASCADE, "
    "twice INTEGER AS (n * 2));"
    "CREATE INDEX i ON t (note, price);"
    "CREATE VIEW v AS SELECT name FROM t;"
    "INSERT INTO t (id, name, n, kept) VALUES (5, 'x', 1, 1), "
    "(9, 'y', NULL, NULL);";

static enum status
take(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *out = ctx;

	HOLDS(n == 1);
	*out = v[0].i;
	return ST_OK;
}

static int64_t
number(struct db_conn *conn, const char *sql)
{
	struct db_stmt stmt = { .sql = str_of(sql) };
	int64_t out = -1;

	HOLDS(db_sqlite.run(conn, &stmt, FOREVER, take, &out, NULL, NULL) ==
	      ST_OK);
	return out;
}

static struct catalog
catalog_of(struct arena *a, struct db_conn *conn)
{
	struct catalog c;

	HOLDS(db_sqlite.catalog(conn, a, FOREVER, &c, NULL) == ST_OK);
	return c;
}

/* The table is there, with the fields that it was to have. */
static void
look(struct arena *a, struct db_conn *conn, const struct table_draft *draft,
    size_t before)
{
	struct catalog c = catalog_of(a, conn);
	const struct db_table *t = catalog_table(&c, draft->name);

	HOLDS(t != NULL);
	if (t == NULL) /* for who does not see that it has ended */
		return;
	HOLDS(c.n_tables == before + (draft->table == NULL));
	for (size_t i = 0; i < draft->n_fields; i++)
		HOLDS(table_column(t, draft->fields[i].name) != NULL);
	if (draft->table == NULL)
		HOLDS(t->n_columns == draft->n_fields);
}

static void
order_run(struct arena *a, struct db_conn *conn, struct schema_order *o,
    const struct table_draft *draft)
{
	struct reshape order = schema_order_end(o, FOREVER);
	struct error err = { .text = "" };
	struct reshape_result result;
	enum status st;

	if (order.n == 0)
		return;
	HOLDS(order.n == 1);
	st = db_sqlite.reshape(conn, &order, &result, &err);
	HOLDS(st == ST_OK || st == ST_INVALID || st == ST_EXISTS ||
	      st == ST_TOO_BIG);
	HOLDS((st == ST_OK) == (err.text[0] == '\0'));
	if (st == ST_OK)
		look(a, conn, draft, o->service->catalog.n_tables);
}

static void
table_run(struct arena *a, struct db_conn *conn, struct json body)
{
	struct db_service service = { .driver = &db_sqlite };
	struct error err = { .text = "" };
	struct table_draft draft;
	struct schema_order o;
	enum status st;

	service.catalog = catalog_of(a, conn);
	service.relations = relations_of(a, &service.catalog);
	st = table_draft_read(&service, a, body, STR_NULL, &draft, &err);
	o = schema_order_open(a, &service);
	if (st == ST_OK)
		st = schema_order_tables(&o, &draft, 1, &err);
	HOLDS(st == ST_OK || st == ST_INVALID || st == ST_DENIED);
	HOLDS((st == ST_OK) == (err.text[0] == '\0'));
	if (st == ST_OK)
		order_run(a, conn, &o, &draft);
	HOLDS(number(conn, "SELECT sum(id) FROM kept") == 3);
	HOLDS(number(conn, "SELECT sum(id) FROM t") == 14);
	HOLDS(number(conn, "SELECT count(*) FROM v") == 2);
	HOLDS(number(conn, "PRAGMA foreign_keys") == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct db_config config = { .database = ":memory:", .create = true };
	struct db_conn *conn = NULL;
	struct json body;
	struct arena a;

	arena_init(&a, 65536);
	if (json_parse(&a, text, &body, NULL) == ST_OK &&
	    json_kind(body) == JSON_OBJECT) {
		HOLDS(
		    db_sqlite.connect(&config, FOREVER, &conn, NULL) == ST_OK);
		HOLDS(db_sqlite.script(conn, script, NULL) == ST_OK);
		table_run(&a, conn, body);
		db_sqlite.disconnect(conn);
	}
	arena_close(&a);
	return 0;
}
