/*
 * A table that SQLite takes, cut into its parts and put together without a
 * change, is the same table: as many columns, of the same names and types. The
 * input is what stands behind CREATE TABLE.
 */
#include "app/base/arena.h"
#include "app/base/buf.h"
#include "drivers/db/catalog.h"
#include "drivers/db/sqlite.h"
#include "drivers/db/sqlite_text.h"
#include "tests/fuzz/fuzz.h"

#define FOREVER INT64_MAX

static enum status
take(void *ctx, const struct db_value *v, size_t n)
{
	struct buf *out = ctx;

	HOLDS(n == 1);
	if (v[0].type == DB_TEXT)
		buf_put(out, v[0].s);
	return ST_OK;
}

static struct str
ask(struct arena *a, struct db_conn *conn, const char *sql)
{
	struct db_stmt stmt = { .sql = str_of(sql) };
	struct buf out = buf_in(a);

	HOLDS(db_sqlite.run(conn, &stmt, FOREVER, take, &out, NULL, NULL) ==
	      ST_OK);
	return buf_str(&out);
}

/* One fresh database each: a text may hold more than one statement. */
static struct str
columns_of(struct arena *a, struct str sql, struct str *kept)
{
	struct db_config config = { .database = ":memory:", .create = true };
	struct db_conn *conn = NULL;
	struct db_stmt stmt = { .sql = sql };
	struct str columns = STR_NULL;

	HOLDS(db_sqlite.connect(&config, FOREVER, &conn, NULL) == ST_OK);
	if (db_sqlite.run(conn, &stmt, FOREVER, NULL, NULL, NULL, NULL) ==
	    ST_OK) {
		*kept = ask(a, conn,
		    "SELECT sql FROM sqlite_schema WHERE type = 'table' AND "
		    "name = 'x'");
		columns = ask(a, conn,
		    "SELECT group_concat(quote(name) || lower(type) || "
		    "\"notnull\" || pk || hidden, x'0a') "
		    "FROM pragma_table_xinfo('x')");
	}
	db_sqlite.disconnect(conn);
	return columns;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = str_make((const char *)data, size);
	struct reshape_alter none = { .n_add = 0 };
	struct str kept = STR_NULL, again = STR_NULL, columns;
	struct sqlite_text text;
	struct buf sql;
	struct arena a;

	arena_init(&a, 65536);
	sql = buf_in(&a);
	buf_put_lit(&sql, "CREATE TABLE x ");
	buf_put(&sql, input);
	(void)sqlite_text_cut(&a, buf_str(&sql), &text); /* any bytes */
	columns = columns_of(&a, buf_str(&sql), &kept);
	if (kept.n > 0 && sqlite_text_cut(&a, kept, &text)) {
		struct str made =
		    sqlite_text_altered(&a, &text, &none, STR("x"));

		HOLDS(str_eq(columns_of(&a, made, &again), columns));
	}
	arena_close(&a);
	return 0;
}
