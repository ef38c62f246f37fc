/*
 * Views and triggers are texts to SQLite: a change of a table that they name
 * breaks them without a word, until they are used. So each is compiled before
 * the change and after it.
 */
#include "drivers/db/sqlite_reshape.h"

#include "app/base/arena.h"
#include "drivers/db/catalog_build.h"

/* A statement for each view, and three for each table or view with triggers,
 * which are compiled with what fires them; %w doubles quotes. */
#define SQL_NAMED                                                              \
	"SELECT name, printf('\"%w\"', name) AS q FROM sqlite_schema o "
#define HAS_TRIGGERS                                                           \
	"WHERE type IN ('table', 'view') AND EXISTS (SELECT 1 FROM "           \
	"sqlite_schema g WHERE g.type = 'trigger' AND "                        \
	"g.tbl_name = o.name COLLATE NOCASE)"
#define COLUMNS(what)                                                          \
	"(SELECT group_concat(" what ") FROM pragma_table_xinfo(n.name) "      \
	"WHERE hidden = 0)"
#define SQL_PROBES                                                                                \
	"SELECT 'SELECT * FROM ' || q FROM (" SQL_NAMED                                           \
	"WHERE type = 'view') UNION ALL "                                                         \
	"SELECT 'DELETE FROM ' || q FROM (" SQL_NAMED HAS_TRIGGERS                                \
	") UNION ALL "                                                                            \
	"SELECT 'UPDATE ' || q || ' SET ' || " COLUMNS(                                           \
	    "printf('\"%w\"=\"%w\"', name, name)") " FROM "                                       \
						   "(" SQL_NAMED HAS_TRIGGERS                     \
						   ") n UNION ALL "                               \
						   "SELECT 'INSERT INTO ' || "                    \
						   "q || ' (' || " COLUMNS(                       \
						       "printf('\"%w\"', "                        \
						       "name)") " || ') "                         \
								"SELECT ' "                       \
								"|| " COLUMNS(                    \
								    "'NULL'") " FROM (" SQL_NAMED \
								    HAS_TRIGGERS                  \
									      ") n"

struct probing {
	struct arena *arena;
	struct buf texts; /* of struct str */
};

static enum status
on_text(void *ctx, const struct db_value *v, size_t n)
{
	struct probing *p = ctx;
	struct str text = STR("");

	if (n == 1 && v[0].type == DB_TEXT)
		text = arena_dup(p->arena, v[0].s);
	items_add(&p->texts, &text, sizeof(text));
	return ST_OK;
}

static enum status
texts_read(
    struct reshaping *r, const struct str **list, size_t *n, struct error *err)
{
	struct probing p = { r->arena, buf_in(r->arena) };
	struct db_stmt stmt = { .sql = STR(SQL_PROBES) };
	enum status st =
	    sqlite_run(r->conn, &stmt, r->deadline_ms, on_text, &p, NULL, err);

	*list = (const struct str *)(const void *)p.texts.p;
	*n = p.texts.n / sizeof(struct str);
	return st;
}

static bool
compiles(struct reshaping *r, struct str text)
{
	sqlite3_stmt *stmt = NULL;
	int rc =
	    sqlite3_prepare_v2(r->conn->db, text.p, (int)text.n, &stmt, NULL);

	(void)sqlite3_finalize(stmt); /* it has not run */
	return rc == SQLITE_OK;
}

enum status
sqlite_probe_take(
    struct reshaping *r, struct sqlite_probe *out, struct error *err)
{
	const struct str *texts;
	enum status st = texts_read(r, &texts, &out->n, err);

	if (st != ST_OK)
		return st;
	out->works = arena_alloc(r->arena, out->n * sizeof(out->works[0]));
	for (size_t i = 0; i < out->n; i++)
		out->works[i] = compiles(r, texts[i]);
	return ST_OK;
}

enum status
sqlite_probe_compare(
    struct reshaping *r, const struct sqlite_probe *before, struct error *err)
{
	const struct str *texts;
	size_t n;
	enum status st = texts_read(r, &texts, &n, err);

	if (st == ST_OK && n != before->n)
		return error_set(
		    err, ST_INVALID, "a view or a trigger would be lost");
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		if (before->works[i] && !compiles(r, texts[i]))
			st = error_set(err, ST_INVALID,
			    "a view or a trigger would not work any more: %s",
			    sqlite3_errmsg(r->conn->db));
	}
	return st;
}
