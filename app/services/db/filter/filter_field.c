/* The field of a condition: a column of the table, or of related records. */
#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/filter/filter_tree.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"

#define NAME_SHOWN 128 /* bytes of a name in a fault */
#define PARTS_MAX  (FILTER_LEVELS_MAX + 1)

/* a.b.c, and where it stands. */
struct path {
	struct str parts[PARTS_MAX];
	size_t n;         /* more than PARTS_MAX: the rest is left out */
	struct str whole; /* where one name says it all, or STR_NULL */
	size_t at;
};

static struct str
name_shown(struct str name)
{
	return str_make(name.p, name.n < NAME_SHOWN ? name.n : NAME_SHOWN);
}

static void
part_add(struct path *path, struct str part)
{
	if (path->n < PARTS_MAX)
		path->parts[path->n] = part;
	path->n++;
}

/* Behind "name." in quotes, and in front of a quote. */
static bool
goes_on(const struct filter_text *t)
{
	return t->at < t->text.n &&
	       (t->text.p[t->at] == '`' || t->text.p[t->at] == '"');
}

/*
 * A name without quotes may have several parts, and end with the dot that
 * stands in front of a quoted one; behind that a dot is passed here.
 */
static enum status
parts_read(struct filter_text *t, struct path *path)
{
	bool more = true;
	enum status st = ST_OK;

	while (more) {
		bool quoted = goes_on(t);
		struct str name = STR_NULL;

		st = filter_pass_name(t, &name);
		if (st != ST_OK)
			return st;
		path->whole = path->n == 0 ? name : STR_NULL;
		if (quoted) {
			part_add(path, name);
			more = t->at < t->text.n && t->text.p[t->at] == '.';
			t->at += more;
			continue;
		}
		more = str_ends(name, STR(".")) && goes_on(t);
		name.n -= more;
		while (!str_is_null(name))
			part_add(path, str_cut(&name, '.'));
	}
	return ST_OK;
}

static enum status
refuse_unknown(const struct filter_text *t, const struct path *path)
{
	struct str sent = str_make(t->text.p + path->at, t->at - path->at);
	struct str name = str_is_null(path->whole) ? sent : path->whole;

	return filter_fault(t, path->at,
	    "Invalid or unparsable field in filter request: '%.*s'.",
	    STR_ARG(name_shown(name)));
}

static enum status
reach_add(const struct filter_text *t, struct filter_reach *reach,
    const struct db_table *table)
{
	for (size_t i = 0; i < reach->n; i++) {
		if (reach->tables[i] == table)
			return ST_OK;
	}
	if (reach->n == FILTER_TABLES_MAX)
		return filter_fault(t, t->at,
		    "A filter may reach at most %u related tables.",
		    FILTER_TABLES_MAX);
	reach->tables[reach->n++] = table;
	return ST_OK;
}

/* An alias that hides nothing that the subquery has to name: "r1". */
static struct str
alias_make(const struct filter_reader *r, char kind, unsigned level)
{
	struct str alias = arena_printf(r->text.arena, "%c%u", kind, level);

	if (!str_eq_nocase(alias, r->order->table->name))
		return alias;
	return arena_printf(r->text.arena, "%c%u_", kind, level);
}

/* The rows of a table that the caller may go by. */
static enum status
rows_find(struct filter_reader *r, const struct db_table *table,
    struct str alias, const struct condition **out)
{
	const struct filter_scope *scope = r->order->scope;
	enum status st = reach_add(&r->text, r->order->reach, table);

	if (st != ST_OK)
		return st;
	return scope->rows(scope->ctx, table, alias, out, r->text.err);
}

static enum status
related_make(struct filter_reader *r, const struct relation *relation,
    struct filter_related *out, unsigned level)
{
	enum status st;

	out->relation = relation;
	out->written = r->order->scope->written;
	out->alias = alias_make(r, 'r', level);
	st = rows_find(r, relation->ref, out->alias, &out->role);
	if (st != ST_OK || relation->junction == NULL)
		return st;
	out->junction_alias = alias_make(r, 'j', level);
	return rows_find(
	    r, relation->junction, out->junction_alias, &out->junction_role);
}

static const struct relations *
relations_of_table(
    const struct filter_scope *scope, const struct db_table *table)
{
	return &scope->relations[table - scope->catalog->tables];
}

/* ST_MISSING: the table has no such relation. */
static enum status
relation_find_named(const struct filter_reader *r, const struct path *path,
    size_t i, const struct db_table *table, const struct relation **out)
{
	struct error why = { .text = "" };
	enum status st =
	    relation_named(relations_of_table(r->order->scope, table),
		path->parts[i], out, &why);

	if (st != ST_INVALID)
		return st;
	return filter_fault(&r->text, path->at, "%s", why.text);
}

static struct filter_node *
related_node(struct arena *arena)
{
	struct filter_node *node = arena_zalloc(arena, sizeof(*node));

	node->kind = FILTER_RELATED;
	node->related = arena_zalloc(arena, sizeof(*node->related));
	return node;
}

/* The relations of the path, from the outermost on; *table is where they
 * lead. */
static enum status
relations_read(struct filter_reader *r, const struct path *path,
    const struct db_table **table, struct filter_node **out,
    struct filter_node **last)
{
	struct str outer = (*table)->name;
	struct filter_node **link = out;

	for (unsigned i = 0; i + 1 < path->n; i++) {
		const struct relation *relation = NULL;
		enum status st =
		    relation_find_named(r, path, i, *table, &relation);

		if (st == ST_MISSING)
			return refuse_unknown(&r->text, path);
		*link = related_node(r->text.arena);
		*last = *link;
		if (st == ST_OK)
			st = related_make(r, relation, (*link)->related, i + 1);
		if (st != ST_OK)
			return st;
		(*link)->related->outer = outer;
		outer = (*link)->related->alias;
		*table = relation->ref;
		link = &(*link)->first;
	}
	return ST_OK;
}

static enum status
path_follow(struct filter_reader *r, const struct path *path,
    const struct column **column, struct filter_node **out,
    struct filter_node **last)
{
	const struct db_table *table = r->order->table;
	enum status st;

	if (path->n == 1 || r->order->scope == NULL)
		return refuse_unknown(&r->text, path);
	if (path->n > PARTS_MAX)
		return filter_fault(&r->text, path->at,
		    "A filter may follow at most %u relations to a field.",
		    FILTER_LEVELS_MAX);
	if (r->related++ == FILTER_RELATED_MAX)
		return filter_fault(&r->text, path->at,
		    "A filter may have at most %u conditions on related "
		    "records.",
		    FILTER_RELATED_MAX);
	st = relations_read(r, path, &table, out, last);
	if (st != ST_OK)
		return st;
	*column = table_column(table, path->parts[path->n - 1]);
	return *column == NULL ? refuse_unknown(&r->text, path) : ST_OK;
}

/* SUM(a) as the name of its column, SUM_a; the name before is in path. */
static enum status
function_read(struct filter_reader *r, struct path *path)
{
	struct filter_text *t = &r->text;
	struct str rest = str_skip(t->text, t->at);
	size_t end = str_find(rest, ')');
	struct str argument;

	if (end == rest.n)
		return filter_fault(
		    t, t->at, FILTER_UNPARSABLE "A parenthesis is not closed.");
	argument = str_trim(str_make(rest.p + 1, end - 1));
	if (str_eq(argument, STR("*")))
		argument = STR("ALL");
	path->whole = arena_printf(
	    t->arena, "%.*s_%.*s", STR_ARG(path->whole), STR_ARG(argument));
	t->at += end + 1;
	return ST_OK;
}

static bool
is_function(const struct filter_reader *r, const struct path *path)
{
	const struct filter_text *t = &r->text;

	return r->order->has_functions && path->n == 1 &&
	       !str_is_null(path->whole) && t->at < t->text.n &&
	       t->text.p[t->at] == '(';
}

enum status
filter_field_read(struct filter_reader *r, const struct column **column,
    struct filter_node **out, struct filter_node **last)
{
	struct path path = { .at = filter_next(&r->text) };
	enum status st = parts_read(&r->text, &path);

	*out = NULL;
	*last = NULL;
	if (st == ST_OK && is_function(r, &path))
		st = function_read(r, &path);
	if (st != ST_OK)
		return st;
	/* A name of the table's own may have dots. */
	*column = str_is_null(path.whole)
		      ? NULL
		      : table_column(r->order->table, path.whole);
	if (*column != NULL)
		return ST_OK;
	return path_follow(r, &path, column, out, last);
}
