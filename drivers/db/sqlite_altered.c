/* A table's text with some of its parts changed. */
#include "drivers/db/sqlite_text.h"

#include "drivers/db/catalog.h"
#include "drivers/db/reshape_sql.h"

/* The list of columns and constraints being written. */
struct writing {
	const struct reshape_alter *alter;
	struct buf out;
	bool any;
};

static void
next(struct writing *w)
{
	buf_put(&w->out, w->any ? STR(", ") : STR(" "));
	w->any = true;
}

static bool
is_dropped(const struct reshape_alter *alter, struct str column)
{
	for (size_t i = 0; i < alter->n_drop; i++) {
		if (str_eq_nocase(alter->drop[i]->name, column))
			return true;
	}
	return false;
}

static const struct reshape_change *
change_of(const struct reshape_alter *alter, struct str column)
{
	for (size_t i = 0; i < alter->n_change; i++) {
		if (str_eq_nocase(alter->change[i].column->name, column))
			return &alter->change[i];
	}
	return NULL;
}

static bool
same_names(const struct str *a, size_t n_a, const struct str *b, size_t n_b)
{
	bool same = n_a == n_b;

	for (size_t i = 0; same && i < n_a; i++)
		same = str_eq_nocase(a[i], b[i]);
	return same;
}

/* An index of its own is not part of the table's text. */
static bool
drops_unique(
    const struct reshape_alter *alter, const struct str *columns, size_t n)
{
	for (size_t i = 0; i < alter->n_drop_indexes; i++) {
		const struct db_index *index = alter->drop_indexes[i];

		if (str_starts(index->name, STR("sqlite_autoindex_")) &&
		    same_names(index->columns, index->n, columns, n))
			return true;
	}
	return n == 1 && is_dropped(alter, columns[0]);
}

static bool
drops_key(const struct reshape_alter *alter, const struct str *columns,
    size_t n, struct str ref_table)
{
	for (size_t i = 0; i < alter->n_drop_keys; i++) {
		const struct foreign_key *key = alter->drop_keys[i];

		if (str_eq_nocase(key->ref_table, ref_table) &&
		    same_names(key->columns, key->n, columns, n))
			return true;
	}
	return n == 1 && is_dropped(alter, columns[0]);
}

static bool
keeps_clause(const struct reshape_alter *alter,
    const struct reshape_change *change, const struct sqlite_item *item,
    const struct sqlite_clause *clause)
{
	switch (clause->kind) {
	case CLAUSE_NULL:
		return change == NULL || !change->renulls;
	case CLAUSE_DEFAULT:
		return change == NULL || !change->redefaults;
	case CLAUSE_UNIQUE:
		return !drops_unique(alter, &item->name, 1);
	case CLAUSE_REFERENCES:
		return !drops_key(alter, &item->name, 1, clause->ref_table);
	default:
		return true;
	}
}

static void
put_item(struct writing *w, const struct sqlite_item *item)
{
	const struct reshape_change *change = change_of(w->alter, item->name);
	struct buf *out = &w->out;

	next(w);
	buf_put(out, item->written);
	buf_put_char(out, ' ');
	if (change != NULL && change->retypes)
		sqlite_put_type(out, &change->to);
	else
		buf_put(out, item->type);
	for (size_t i = 0; i < item->n; i++) {
		if (!keeps_clause(w->alter, change, item, &item->clauses[i]))
			continue;
		buf_put_char(out, ' ');
		buf_put(out, item->clauses[i].text);
	}
	if (change != NULL && change->renulls && change->to.not_null)
		buf_put_lit(out, " NOT NULL");
	if (change != NULL && change->redefaults)
		sql_put_default(out, &change->to, false);
}

static void
put_columns(struct writing *w, const struct sqlite_text *text)
{
	for (size_t i = 0; i < text->n_columns; i++) {
		if (!is_dropped(w->alter, text->columns[i].name))
			put_item(w, &text->columns[i]);
	}
	for (size_t i = 0; i < w->alter->n_add; i++) {
		next(w);
		sqlite_put_column(&w->out, &w->alter->add[i]);
	}
}

static bool
keeps_constraint(
    const struct reshape_alter *alter, const struct sqlite_clause *c)
{
	if (c->kind == CLAUSE_UNIQUE)
		return !drops_unique(alter, c->columns, c->n);
	if (c->kind == CLAUSE_FOREIGN)
		return !drops_key(alter, c->columns, c->n, c->ref_table);
	return true;
}

static void
put_constraints(struct writing *w, const struct sqlite_text *text)
{
	for (size_t i = 0; i < text->n_constraints; i++) {
		if (!keeps_constraint(w->alter, &text->constraints[i]))
			continue;
		next(w);
		buf_put(&w->out, text->constraints[i].text);
	}
	for (size_t i = 0; i < w->alter->n_add_keys; i++) {
		next(w);
		sql_put_key(&w->out, &w->alter->add_keys[i]);
	}
}

struct str
sqlite_text_altered(struct arena *arena, const struct sqlite_text *text,
    const struct reshape_alter *alter, struct str name)
{
	struct writing w = { .alter = alter, .out = buf_in(arena) };

	buf_put_lit(&w.out, "CREATE TABLE ");
	sql_put_name(&w.out, name);
	buf_put_lit(&w.out, " (");
	put_columns(&w, text);
	put_constraints(&w, text);
	buf_put_lit(&w.out, ") ");
	buf_put(&w.out, text->tail);
	return buf_str(&w.out);
}
