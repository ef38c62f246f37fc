/*
 * A change of the schema. The server commits each statement by itself, so that
 * a change of several tables may fail with some of it done: what was made for
 * it is dropped again, what was changed stands.
 */
#include "drivers/db/mysql_reshape.h"

#include "app/base/arena.h"
#include "drivers/db/catalog.h"
#include "drivers/db/mysql_error.h"
#include "drivers/db/reshape_sql.h"

/* The words of an error that is not known otherwise are the server's: they
 * are about the statement, which the client ordered. */
static enum status
question_run(struct reshaping *r, const char *sql, struct error *err)
{
	struct error why = { .text = "" };
	enum status st = mysql_allow(r->conn, r->deadline_ms, &why);

	if (st == ST_OK)
		st = mysql_say(r->conn, sql, &why);
	if (st == ST_ERROR && !r->conn->lost)
		return error_set(
		    err, ST_INVALID, "%s", mysql_error(r->conn->link));
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

static enum status
say(struct reshaping *r, const struct buf *sql, struct error *err)
{
	struct str text = arena_dup(r->arena, buf_str(sql));
	struct error why = { .text = "" };
	enum status st = mysql_begin_question(r->conn, r->deadline_ms, &why);

	if (st == ST_OK)
		st = mysql_end_question(
		    r->conn, question_run(r, text.p, &why), &why);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

static void
put_index(struct buf *out, const struct reshape_index *index)
{
	buf_put(out, index->is_unique ? STR("UNIQUE INDEX ") : STR("INDEX "));
	sql_put_name(out, index->name);
	buf_put_char(out, ' ');
	sql_put_names(out, index->columns, index->n);
}

/* Without its foreign keys: what they refer to may come later. */
static enum status
table_make(
    struct reshaping *r, const struct reshape_create *c, struct error *err)
{
	struct buf sql = buf_in(r->arena);

	sql_put_table(&sql, c, mysql_put_column);
	for (size_t i = 0; i < c->n_indexes; i++) {
		buf_put_lit(&sql, ", ");
		put_index(&sql, &c->indexes[i]);
	}
	buf_put_lit(&sql, ") ENGINE=InnoDB");
	return say(r, &sql, err);
}

/* The clauses of an ALTER TABLE. */
struct altering {
	struct buf sql;
	bool any;
};

static struct altering
altering_of(struct reshaping *r, struct str table)
{
	struct altering a = { .sql = buf_in(r->arena) };

	buf_put_lit(&a.sql, "ALTER TABLE ");
	sql_put_name(&a.sql, table);
	buf_put_char(&a.sql, ' ');
	return a;
}

static struct buf *
clause(struct altering *a, const char *words)
{
	if (a->any)
		buf_put_lit(&a->sql, ", ");
	a->any = true;
	buf_put(&a->sql, str_of(words));
	return &a->sql;
}

static enum status
keys_make(
    struct reshaping *r, const struct reshape_create *c, struct error *err)
{
	struct altering a = altering_of(r, c->name);

	for (size_t i = 0; i < c->n_keys; i++)
		sql_put_key(clause(&a, "ADD "), &c->keys[i]);
	return a.any ? say(r, &a.sql, err) : ST_OK;
}

static bool
is_dropped(const struct reshape_alter *alter, const struct foreign_key *key)
{
	for (size_t i = 0; i < alter->n_drop; i++) {
		if (key->n == 1 &&
		    str_eq_nocase(key->columns[0], alter->drop[i]->name))
			return true;
	}
	for (size_t i = 0; i < alter->n_drop_keys; i++) {
		if (alter->drop_keys[i] == key)
			return true;
	}
	return false;
}

static void
put_drops(struct altering *a, const struct reshape_alter *alter)
{
	const struct db_table *t = alter->table;

	for (size_t i = 0; i < t->n_foreign_keys; i++) {
		if (is_dropped(alter, &t->foreign_keys[i]))
			sql_put_name(clause(a, "DROP FOREIGN KEY "),
			    t->foreign_keys[i].name);
	}
	for (size_t i = 0; i < alter->n_drop_indexes; i++)
		sql_put_name(
		    clause(a, "DROP INDEX "), alter->drop_indexes[i]->name);
	for (size_t i = 0; i < alter->n_drop; i++)
		sql_put_name(clause(a, "DROP COLUMN "), alter->drop[i]->name);
}

static void
put_adds(struct altering *a, const struct reshape_alter *alter)
{
	for (size_t i = 0; i < alter->n_add; i++)
		mysql_put_column(clause(a, "ADD COLUMN "), &alter->add[i]);
	for (size_t i = 0; i < alter->n_add_indexes; i++)
		put_index(clause(a, "ADD "), &alter->add_indexes[i]);
	for (size_t i = 0; i < alter->n_add_keys; i++)
		sql_put_key(clause(a, "ADD "), &alter->add_keys[i]);
}

static enum status
table_alter(
    struct reshaping *r, const struct reshape_alter *alter, struct error *err)
{
	struct altering a = altering_of(r, alter->table->name);
	enum status st = ST_OK;

	put_drops(&a, alter);
	for (size_t i = 0; i < alter->n_change && st == ST_OK; i++)
		st = mysql_put_modify(
		    r, clause(&a, ""), alter->table, &alter->change[i], err);
	put_adds(&a, alter);
	if (st != ST_OK || !a.any)
		return st;
	return say(r, &a.sql, err);
}

static enum status
table_drop(struct reshaping *r, const struct db_table *t, struct error *err)
{
	struct buf sql = buf_in(r->arena);

	buf_put_lit(&sql, "DROP TABLE ");
	sql_put_name(&sql, t->name);
	return say(r, &sql, err);
}

static enum status
step_run(
    struct reshaping *r, const struct reshape_step *step, struct error *err)
{
	switch (step->kind) {
	case STEP_ALTER:
		return table_alter(r, &step->alter, err);
	case STEP_DROP:
		return table_drop(r, step->drop, err);
	default:
		return ST_OK; /* has been done */
	}
}

/* Those that were made, with the keys between them. */
static bool
undo(struct reshaping *r, const struct reshape *order, size_t n)
{
	struct buf sql = buf_in(r->arena);
	bool any = false;
	bool done;

	for (size_t i = 0; i < n; i++) {
		if (order->steps[i].kind != STEP_CREATE)
			continue;
		buf_put(&sql, any ? STR(",") : STR("DROP TABLE "));
		sql_put_name(&sql, order->steps[i].create.name);
		any = true;
	}
	if (!any)
		return true;
	if (mysql_order(r->conn, "SET foreign_key_checks = 0", r->deadline_ms,
		NULL) != ST_OK)
		return false;
	done = say(r, &sql, NULL) == ST_OK;
	if (mysql_order(r->conn, "SET foreign_key_checks = 1", r->deadline_ms,
		NULL) != ST_OK)
		mysql_give_up(r->conn);
	return done;
}

static enum status
tables_make(struct reshaping *r, const struct reshape *order, size_t *made,
    struct reshape_result *result, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < order->n && st == ST_OK; i++) {
		if (order->steps[i].kind != STEP_CREATE)
			continue;
		result->failed = i;
		st = table_make(r, &order->steps[i].create, err);
		if (st == ST_OK)
			*made = i + 1;
	}
	for (size_t i = 0; i < order->n && st == ST_OK; i++) {
		if (order->steps[i].kind != STEP_CREATE)
			continue;
		result->failed = i;
		st = keys_make(r, &order->steps[i].create, err);
	}
	return st;
}

/* New tables first, then the rest in its order. */
static enum status
steps_run(struct reshaping *r, const struct reshape *order,
    struct reshape_result *result, struct error *err)
{
	size_t made = 0;
	enum status st = tables_make(r, order, &made, result, err);

	if (st != ST_OK) {
		if (!undo(r, order, made))
			result->stands = made;
		return st;
	}
	for (size_t i = 0; i < order->n && st == ST_OK; i++) {
		result->failed = i;
		st = step_run(r, &order->steps[i], err);
		if (st == ST_OK)
			result->stands = i + 1;
	}
	return st;
}

enum status
mysql_reshape(struct db_conn *conn, const struct reshape *order,
    struct reshape_result *result, struct error *err)
{
	struct reshaping r = { .conn = conn,
		.arena = order->arena,
		.deadline_ms = order->deadline_ms };
	enum status st;

	*result = (struct reshape_result){ .failed = order->n };
	st = steps_run(&r, order, result, err);
	result->unsupported = r.unsupported;
	result->in_doubt =
	    conn->lost && (st == ST_UNAVAILABLE || st == ST_TIMEOUT);
	return st;
}
