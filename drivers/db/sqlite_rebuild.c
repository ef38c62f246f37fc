/*
 * SQLite adds columns to a table, and changes nothing else of it: another form
 * means another table, to which all rows are copied, as its own documentation
 * of ALTER TABLE describes.
 */
#include "drivers/db/sqlite_rebuild.h"

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "drivers/db/catalog.h"
#include "drivers/db/reshape_sql.h"
#include "drivers/db/sqlite_text.h"

#define NAME_RANDOM 8

static struct str
name_draw(struct arena *arena)
{
	uint8_t random[NAME_RANDOM];
	char hex[2 * NAME_RANDOM];

	secret_random(random, sizeof(random));
	hex_encode(hex, random, sizeof(random));
	return arena_printf(arena, "weir_%.*s", (int)sizeof(hex), hex);
}

static enum status
trigger_check(const struct sqlite_rebuilding *b,
    const struct sqlite_dependent *d, struct error *err)
{
	for (size_t i = 0; i < b->alter->n_drop && !d->is_index; i++) {
		struct str column = b->alter->drop[i]->name;

		if (sqlite_trigger_names(b->r->arena, d->sql, column))
			return error_set(err, ST_INVALID,
			    "a trigger is for changes of field '%.*s'",
			    STR_ARG(column));
	}
	return ST_OK;
}

static enum status
triggers_check(const struct sqlite_rebuilding *b, struct error *err)
{
	const struct sqlite_dependent *list =
	    (const struct sqlite_dependent *)(const void *)b->others.p;
	size_t n = b->others.n / sizeof(list[0]);
	enum status st = ST_OK;

	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = trigger_check(b, &list[i], err);
	return st;
}

static enum status
create_other(struct sqlite_rebuilding *b, struct error *err)
{
	struct arena *arena = b->r->arena;
	struct sqlite_text text;
	struct buf sql = buf_in(arena);

	if (!sqlite_text_cut(arena, b->sql, &text) ||
	    text.n_columns != b->alter->table->n_columns) {
		b->r->unsupported = true;
		return error_set(err, ST_INVALID,
		    "the table is declared in a way that weir does not change");
	}
	buf_put(&sql, sqlite_text_altered(arena, &text, b->alter, b->other));
	return sqlite_say(b->r, &sql, err);
}

static bool
is_dropped(const struct reshape_alter *alter, const struct column *c)
{
	for (size_t i = 0; i < alter->n_drop; i++) {
		if (alter->drop[i] == c)
			return true;
	}
	return false;
}

/* The rowid, by one of its names that no column has, so that what remembers
 * rows by it finds them again; NULL: it has none, or none that can be named.
 */
static const char *
rowid_name(const struct sqlite_rebuilding *b)
{
	static const char *const names[] = { "rowid", "_rowid_", "oid" };
	const struct db_table *t = b->alter->table;

	for (size_t i = 0; b->has_rowid && i < 3; i++) {
		if (table_column(t, str_of(names[i])) == NULL)
			return names[i];
	}
	return NULL;
}

static void
put_copied(const struct sqlite_rebuilding *b, struct buf *out)
{
	const struct db_table *t = b->alter->table;
	const char *rowid = t->n_key == 1 && t->key[0]->auto_increment
				? NULL /* it is a column */
				: rowid_name(b);
	bool any = rowid != NULL;

	if (any)
		buf_put(out, str_of(rowid));
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column *c = &t->columns[i];

		if (c->generated || is_dropped(b->alter, c))
			continue;
		if (any)
			buf_put_char(out, ',');
		sql_put_name(out, c->name);
		any = true;
	}
}

static enum status
rows_copy(struct sqlite_rebuilding *b, struct error *err)
{
	struct buf sql = buf_in(b->r->arena);
	enum status st;

	buf_put_lit(&sql, "INSERT INTO ");
	sql_put_name(&sql, b->other);
	buf_put_lit(&sql, " (");
	put_copied(b, &sql);
	buf_put_lit(&sql, ") SELECT ");
	put_copied(b, &sql);
	buf_put_lit(&sql, " FROM ");
	sql_put_name(&sql, b->name);
	st = sqlite_say(b->r, &sql, err);
	if (st == ST_OK && sqlite3_changes64(b->r->conn->db) != b->rows)
		return error_set(err, ST_ERROR, "rows would be lost");
	return st;
}

static enum status
swap(struct sqlite_rebuilding *b, struct error *err)
{
	struct buf drop = buf_in(b->r->arena);
	struct buf rename = buf_in(b->r->arena);
	enum status st;

	buf_put_lit(&drop, "DROP TABLE ");
	sql_put_name(&drop, b->name);
	buf_put_lit(&rename, "ALTER TABLE ");
	sql_put_name(&rename, b->other);
	buf_put_lit(&rename, " RENAME TO ");
	sql_put_name(&rename, b->name);
	st = sqlite_say(b->r, &drop, err);
	return st == ST_OK ? sqlite_say(b->r, &rename, err) : st;
}

/* A key that has been given once is not given again. */
static enum status
sequence_keep(struct sqlite_rebuilding *b, struct error *err)
{
	struct buf sql = buf_in(b->r->arena);

	if (b->sequence < 0)
		return ST_OK;
	buf_put_lit(&sql, "DELETE FROM sqlite_sequence WHERE name = ");
	sql_put_text(&sql, b->name, false);
	buf_put_lit(&sql, "; INSERT INTO sqlite_sequence (name, seq) VALUES (");
	sql_put_text(&sql, b->name, false);
	buf_printf(&sql, ", %lld)", (long long)b->sequence);
	return sqlite_say(b->r, &sql, err);
}

static const struct db_index *
index_named(const struct db_table *t, struct str name)
{
	for (size_t i = 0; i < t->n_indexes; i++) {
		if (str_eq_nocase(t->indexes[i].name, name))
			return &t->indexes[i];
	}
	return NULL;
}

/* An index that is dropped, or of one column that is. */
static bool
index_goes(const struct reshape_alter *alter, const struct sqlite_dependent *d)
{
	const struct db_index *index = index_named(alter->table, d->name);
	const struct column *c;

	if (!d->is_index || index == NULL)
		return false;
	for (size_t i = 0; i < alter->n_drop_indexes; i++) {
		if (alter->drop_indexes[i] == index)
			return true;
	}
	c = table_column(alter->table, index->columns[0]);
	return index->n == 1 && c != NULL && is_dropped(alter, c);
}

static enum status
dependents_make(struct sqlite_rebuilding *b, struct error *err)
{
	const struct sqlite_dependent *list =
	    (const struct sqlite_dependent *)(const void *)b->others.p;
	size_t n = b->others.n / sizeof(list[0]);
	enum status st = ST_OK;

	for (size_t i = 0; i < n && st == ST_OK; i++) {
		struct buf sql = buf_in(b->r->arena);

		if (index_goes(b->alter, &list[i]))
			continue;
		buf_put(&sql, list[i].sql);
		st = sqlite_say(b->r, &sql, err);
	}
	return st;
}

static enum status
refuse_values(const struct reshape_change *change, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Field '%.*s' has a value that its column cannot hold.",
	    STR_ARG(change->to.name));
}

/* Before, in the table as it is: what is written otherwise than as an integer,
 * and what is longer than the new length, which SQLite would keep. */
static enum status
change_check(struct sqlite_rebuilding *b, const struct reshape_change *change,
    struct error *err)
{
	struct buf sql = buf_in(b->r->arena);
	int64_t odd = 0;
	enum status st;

	if (reshape_reads_texts(change)) {
		sql_put_unlike(
		    &sql, b->name, change->column->name, "INTEGER", "TEXT");
	} else if (change->retypes && change->to.length > 0) {
		buf_put_lit(&sql, "SELECT EXISTS (SELECT 1 FROM ");
		sql_put_name(&sql, b->name);
		buf_put_lit(&sql, " WHERE length(");
		sql_put_name(&sql, change->column->name);
		buf_printf(&sql, ") > %lld)", (long long)change->to.length);
	} else {
		return ST_OK;
	}
	st = sqlite_number(b->r, buf_str(&sql), STR_NULL, &odd, err);
	if (st != ST_OK || odd == 0)
		return st;
	return refuse_values(change, err);
}

static enum status
changes_check(struct sqlite_rebuilding *b, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < b->alter->n_change && st == ST_OK; i++)
		st = change_check(b, &b->alter->change[i], err);
	return st;
}

/* SQLite keeps what does not become a number as it was; a server refuses. */
static enum status
values_check(struct sqlite_rebuilding *b, struct error *err)
{
	for (size_t i = 0; i < b->alter->n_change; i++) {
		const struct reshape_change *change = &b->alter->change[i];
		enum column_type type = change->to.type;
		struct buf sql = buf_in(b->r->arena);
		int64_t odd = 0;
		enum status st;

		if (!change->retypes || type < TYPE_TINYINT ||
		    type > TYPE_DOUBLE)
			continue;
		buf_put_lit(&sql, "SELECT EXISTS (SELECT 1 FROM ");
		sql_put_name(&sql, b->name);
		buf_put_lit(&sql, " WHERE typeof(");
		sql_put_name(&sql, change->to.name);
		buf_put_lit(&sql, ") IN ('text', 'blob'))");
		st = sqlite_number(b->r, buf_str(&sql), STR_NULL, &odd, err);
		if (st != ST_OK)
			return st;
		if (odd != 0)
			return refuse_values(change, err);
	}
	return ST_OK;
}

static enum status
keys_check(struct sqlite_rebuilding *b, struct error *err)
{
	int64_t broken = 0;
	enum status st = sqlite_broken_count(b, &broken, err);

	if (st == ST_OK && broken > b->broken)
		return error_set(err, ST_INVALID,
		    "a foreign key of a record would lead nowhere");
	return st;
}

static enum status
rebuild(struct sqlite_rebuilding *b, struct error *err)
{
	enum status st = sqlite_rebuild_read(b, err);

	if (st == ST_OK)
		st = triggers_check(b, err);
	if (st == ST_OK)
		st = changes_check(b, err);
	if (st == ST_OK)
		st = create_other(b, err);
	if (st == ST_OK)
		st = rows_copy(b, err);
	if (st == ST_OK)
		st = swap(b, err);
	if (st == ST_OK)
		st = sequence_keep(b, err);
	if (st == ST_OK)
		st = dependents_make(b, err);
	if (st == ST_OK)
		st = values_check(b, err);
	if (st == ST_OK)
		st = sqlite_probe_compare(b->r, &b->probe, err);
	return st == ST_OK ? keys_check(b, err) : st;
}

/* SQLite's sentence, with the table called as the client knows it. */
static enum status
why_set(const struct sqlite_rebuilding *b, enum status st,
    const struct error *why, struct error *err)
{
	struct str rest = str_of(why->text);
	struct buf text = buf_in(b->r->arena);

	while (rest.n > 0) {
		bool named = str_starts(rest, b->other);

		if (named)
			buf_put(&text, b->name);
		else
			buf_put_char(&text, rest.p[0]);
		rest = str_skip(rest, named ? b->other.n : 1);
	}
	return error_set(err, st, "%.*s", (int)text.n, text.p);
}

enum status
sqlite_rebuild(
    struct reshaping *r, const struct reshape_alter *alter, struct error *err)
{
	struct sqlite_rebuilding b = { .r = r,
		.alter = alter,
		.name = alter->table->name,
		.other = name_draw(r->arena) };
	struct error why = { .text = "" };
	enum status st = rebuild(&b, &why);

	return st == ST_OK ? ST_OK : why_set(&b, st, &why, err);
}
