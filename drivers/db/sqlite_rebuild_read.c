/* What a table that is made anew must keep, looked at before. */
#include "drivers/db/sqlite_rebuild.h"

#include "app/base/arena.h"
#include "drivers/db/catalog.h"
#include "drivers/db/catalog_build.h"
#include "drivers/db/reshape_sql.h"

static enum status
on_text(void *ctx, const struct db_value *v, size_t n)
{
	struct sqlite_rebuilding *b = ctx;

	if (n > 0 && v[0].type == DB_TEXT)
		b->sql = arena_dup(b->r->arena, v[0].s);
	return ST_OK;
}

static enum status
on_dependent(void *ctx, const struct db_value *v, size_t n)
{
	struct sqlite_rebuilding *b = ctx;
	struct sqlite_dependent d = { .name = arena_dup(b->r->arena, v[0].s),
		.sql = arena_dup(b->r->arena, v[1].s),
		.is_index = v[2].i != 0 };

	(void)n;
	items_add(&b->others, &d, sizeof(d));
	return ST_OK;
}

#define SQL_TEXT                                                               \
	"SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1"
#define SQL_DEPENDENTS                                                         \
	"SELECT name, sql, type = 'index' FROM sqlite_schema "                 \
	"WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND "          \
	"tbl_name = ?1 COLLATE NOCASE ORDER BY rowid"

static enum status
texts_read(struct sqlite_rebuilding *b, struct error *err)
{
	struct db_value name = { .type = DB_TEXT, .s = b->name };
	struct db_stmt text = { STR(SQL_TEXT), &name, 1 };
	struct db_stmt others = { STR(SQL_DEPENDENTS), &name, 1 };
	enum status st = sqlite_run(
	    b->r->conn, &text, b->r->deadline_ms, on_text, b, NULL, err);

	b->others = buf_in(b->r->arena);
	if (st != ST_OK)
		return st;
	return sqlite_run(
	    b->r->conn, &others, b->r->deadline_ms, on_dependent, b, NULL, err);
}

/* Whether a change of types may have made values unequal is a question to all
 * tables; else only the keys of this one may be new. */
enum status
sqlite_broken_count(
    struct sqlite_rebuilding *b, int64_t *out, struct error *err)
{
	bool all = false;

	for (size_t i = 0; i < b->alter->n_change; i++)
		all = all || b->alter->change[i].retypes;
	if (all)
		return sqlite_number(b->r,
		    STR("SELECT count(*) FROM pragma_foreign_key_check"),
		    STR_NULL, out, err);
	return sqlite_number(b->r,
	    STR("SELECT count(*) FROM pragma_foreign_key_check(?1)"), b->name,
	    out, err);
}

#define SQL_ROWID                                                              \
	"SELECT NOT wr FROM pragma_table_list WHERE schema = 'main' AND "      \
	"name = ?1"
#define SQL_HAS_SEQUENCE                                                       \
	"SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'"
#define SQL_SEQUENCE                                                           \
	"SELECT coalesce(max(seq), -1) FROM sqlite_sequence WHERE name = ?1"

static enum status
numbers_read(struct sqlite_rebuilding *b, struct error *err)
{
	struct buf count = buf_in(b->r->arena);
	int64_t yes = 0;
	enum status st =
	    sqlite_number(b->r, STR(SQL_ROWID), b->name, &yes, err);

	b->has_rowid = yes != 0;
	b->sequence = -1;
	yes = 0;
	if (st == ST_OK)
		st = sqlite_number(
		    b->r, STR(SQL_HAS_SEQUENCE), STR_NULL, &yes, err);
	if (st == ST_OK && yes != 0)
		st = sqlite_number(
		    b->r, STR(SQL_SEQUENCE), b->name, &b->sequence, err);
	buf_put_lit(&count, "SELECT count(*) FROM ");
	sql_put_name(&count, b->name);
	if (st == ST_OK)
		st = sqlite_number(
		    b->r, buf_str(&count), STR_NULL, &b->rows, err);
	return st == ST_OK ? sqlite_broken_count(b, &b->broken, err) : st;
}

enum status
sqlite_rebuild_read(struct sqlite_rebuilding *b, struct error *err)
{
	enum status st = texts_read(b, err);

	if (st == ST_OK)
		st = numbers_read(b, err);
	return st == ST_OK ? sqlite_probe_take(b->r, &b->probe, err) : st;
}
