#include "drivers/db/sqlite_text.h"

#include "app/base/arena.h"
#include "drivers/db/catalog_build.h"
#include "drivers/db/sqlite_token.h"

/* A token and how many brackets are open around it; 1: between those of the
 * table itself. */
struct piece {
	struct sqlite_token t;
	size_t depth;
};

struct cutting {
	struct arena *arena;
	const struct piece *list;
	size_t n;
};

/* All pieces between the brackets of the table, and what follows. */
static bool
pieces_read(struct str sql, struct buf *list, struct str *tail)
{
	struct piece piece = { .depth = 0 };

	for (;;) {
		piece.t = sqlite_token_next(&sql);
		if (piece.t.kind == TOKEN_END)
			return false;
		if (sqlite_token_marks(&piece.t, ')') && --piece.depth == 0)
			break;
		if (piece.depth > 0)
			items_add(list, &piece, sizeof(piece));
		if (sqlite_token_marks(&piece.t, '('))
			piece.depth++;
	}
	*tail = str_trim(sql);
	return true;
}

static bool
is_word(const struct cutting *c, size_t i, const char *word)
{
	return i < c->n && sqlite_token_is(&c->list[i].t, word);
}

static bool
is_one_of(const struct cutting *c, size_t i, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (is_word(c, i, *words))
			return true;
	}
	return false;
}

static struct str
text_between(const struct cutting *c, size_t from, size_t to)
{
	const char *begin;
	struct str last;

	if (from >= to)
		return STR("");
	begin = c->list[from].t.text.p;
	last = c->list[to - 1].t.text;
	return str_make(begin, (size_t)(last.p + last.n - begin));
}

static bool
begins_table_clause(const struct cutting *c, size_t i)
{
	static const char *const words[] = { "CONSTRAINT", "PRIMARY", "UNIQUE",
		"CHECK", "FOREIGN", NULL };

	return c->list[i].depth == 1 && is_one_of(c, i, words);
}

/* SET NULL, SET DEFAULT, NOT DEFERRABLE and DEFAULT NULL begin nothing. */
static bool
begins_column_clause(const struct cutting *c, size_t i)
{
	static const char *const words[] = { "CONSTRAINT", "PRIMARY", "UNIQUE",
		"CHECK", "COLLATE", "REFERENCES", NULL };

	if (c->list[i].depth != 1)
		return false;
	if (is_word(c, i, "NOT"))
		return is_word(c, i + 1, "NULL");
	if (is_word(c, i, "NULL"))
		return !is_word(c, i - 1, "NOT") && !is_word(c, i - 1, "SET") &&
		       !is_word(c, i - 1, "DEFAULT");
	if (is_word(c, i, "DEFAULT"))
		return !is_word(c, i - 1, "SET");
	if (is_word(c, i, "AS"))
		return !is_word(c, i - 1, "ALWAYS");
	if (is_word(c, i, "GENERATED")) /* else a word of the type */
		return is_word(c, i + 1, "ALWAYS");
	return is_one_of(c, i, words);
}

static enum sqlite_clause_kind
clause_kind(const struct cutting *c, size_t i)
{
	static const struct {
		const char *word;
		enum sqlite_clause_kind kind;
	} kinds[] = {
		{ "NOT", CLAUSE_NULL },
		{ "NULL", CLAUSE_NULL },
		{ "DEFAULT", CLAUSE_DEFAULT },
		{ "UNIQUE", CLAUSE_UNIQUE },
		{ "REFERENCES", CLAUSE_REFERENCES },
		{ "FOREIGN", CLAUSE_FOREIGN },
	};

	if (is_word(c, i, "CONSTRAINT"))
		i += 2;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		if (is_word(c, i, kinds[k].word))
			return kinds[k].kind;
	}
	return CLAUSE_OTHER;
}

/* The names in the first brackets of the clause, and what it refers to. */
static void
clause_names(const struct cutting *c, size_t from, size_t to,
    struct sqlite_clause *clause)
{
	struct buf names = buf_in(c->arena);
	size_t i = from;

	while (i < to && !sqlite_token_marks(&c->list[i].t, '('))
		i++;
	for (i++; i < to && c->list[i].depth > 1; i++) {
		struct str name;

		if (!sqlite_token_marks(&c->list[i - 1].t, '(') &&
		    !sqlite_token_marks(&c->list[i - 1].t, ','))
			continue;
		name = sqlite_token_name(c->arena, &c->list[i].t);
		items_add(&names, &name, sizeof(name));
	}
	clause->columns = (struct str *)(void *)names.p;
	clause->n = names.n / sizeof(struct str);
	for (i = from; i + 1 < to; i++) {
		if (c->list[i].depth == 1 && is_word(c, i, "REFERENCES"))
			clause->ref_table =
			    sqlite_token_name(c->arena, &c->list[i + 1].t);
	}
}

/* Cuts pieces into clauses, each from where one begins to the next. */
static struct sqlite_clause *
clauses_cut(
    const struct cutting *c, size_t from, size_t to, bool of_column, size_t *n)
{
	struct buf list = buf_in(c->arena);

	while (from < to) {
		struct sqlite_clause clause = { .kind = clause_kind(c, from) };
		size_t end = from + 1;

		if (is_word(c, from, "CONSTRAINT"))
			end += 2; /* its name, and what it is */
		while (end < to && !(of_column ? begins_column_clause(c, end)
					       : begins_table_clause(c, end)))
			end++;
		if (end > to)
			end = to;
		clause.text = text_between(c, from,
		    end - sqlite_token_marks(&c->list[end - 1].t, ','));
		clause_names(c, from, end, &clause);
		items_add(&list, &clause, sizeof(clause));
		from = end;
	}
	*n = list.n / sizeof(struct sqlite_clause);
	return (struct sqlite_clause *)(void *)list.p;
}

static void
column_cut(
    const struct cutting *c, size_t from, size_t to, struct sqlite_item *out)
{
	size_t at = from + 1;

	while (at < to && !begins_column_clause(c, at))
		at++;
	out->written = c->list[from].t.text;
	out->name = sqlite_token_name(c->arena, &c->list[from].t);
	out->type = text_between(c, from + 1, at);
	out->clauses = clauses_cut(c, at, to, true, &out->n);
}

/* Columns come first; where constraints begin, all that follows are such, with
 * or without commas between them. */
static bool
groups_cut(const struct cutting *c, struct sqlite_text *out)
{
	struct buf columns = buf_in(c->arena);
	size_t from = 0;

	while (from < c->n && !begins_table_clause(c, from)) {
		struct sqlite_item item = { .n = 0 };
		size_t to = from;

		while (
		    to < c->n && !(c->list[to].depth == 1 &&
				     sqlite_token_marks(&c->list[to].t, ',')))
			to++;
		if (to == from || c->list[from].t.kind == TOKEN_MARK)
			return false;
		column_cut(c, from, to, &item);
		items_add(&columns, &item, sizeof(item));
		from = to + 1;
	}
	out->columns = (struct sqlite_item *)(void *)columns.p;
	out->n_columns = columns.n / sizeof(struct sqlite_item);
	if (from < c->n)
		out->constraints =
		    clauses_cut(c, from, c->n, false, &out->n_constraints);
	return out->n_columns > 0;
}

bool
sqlite_text_cut(struct arena *arena, struct str sql, struct sqlite_text *out)
{
	struct buf pieces = buf_in(arena);
	struct cutting c = { .arena = arena };

	*out = (struct sqlite_text){ .n_columns = 0 };
	if (!pieces_read(sql, &pieces, &out->tail))
		return false;
	c.list = (const struct piece *)(const void *)pieces.p;
	c.n = pieces.n / sizeof(struct piece);
	return groups_cut(&c, out);
}

bool
sqlite_trigger_names(struct arena *arena, struct str sql, struct str column)
{
	struct sqlite_token before = { .kind = TOKEN_END };
	struct sqlite_token t = sqlite_token_next(&sql);

	while (t.kind != TOKEN_END && !(sqlite_token_is(&before, "UPDATE") &&
					  sqlite_token_is(&t, "OF"))) {
		before = t;
		t = sqlite_token_next(&sql);
	}
	while (t.kind != TOKEN_END && !sqlite_token_is(&t, "ON")) {
		t = sqlite_token_next(&sql);
		if (t.kind != TOKEN_MARK &&
		    str_eq_nocase(sqlite_token_name(arena, &t), column))
			return true;
	}
	return false;
}
