#include "app/services/db/relation/related.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/read/fields.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"

/* The relations being added to their queries. */
struct adding {
	struct arena *arena;
	const struct related_source *source;
	size_t n; /* so far, of all levels */
};

/* A query that relations are added to, and how it is reached. */
struct owner {
	struct query *query;
	const struct related *related; /* NULL: the call's own query */
	unsigned level;                /* of what is added */
};

static const struct relations *
relations_of_table(const struct adding *a, const struct db_table *table)
{
	const struct filter_scope *scope = a->source->scope;

	return &scope->relations[table - scope->catalog->tables];
}

/* Its own name, and that of its table when no other leads there. */
static size_t
names_of(const struct relations *relations, const struct relation *relation,
    struct str names[2])
{
	size_t n;

	(void)relation_to(relations, relation->ref->name, &n);
	names[0] = relation->name;
	names[1] = relation->ref->name;
	return n == 1 ? 2 : 1;
}

/* Each name behind each path of what it is related to. */
static void
paths_make(struct adding *a, const struct owner *owner, struct related *related)
{
	const struct related *above = owner->related;
	struct str names[2];
	size_t n = names_of(relations_of_table(a, owner->query->table),
	    related->relation, names);

	for (size_t k = 0; k < n; k++) {
		if (above == NULL)
			related->paths[related->n_paths++] = names[k];
		for (size_t i = 0; above != NULL && i < above->n_paths; i++)
			related->paths[related->n_paths++] =
			    arena_printf(a->arena, "%.*s.%.*s",
				STR_ARG(above->paths[i]), STR_ARG(names[k]));
	}
}

static struct related *
related_of(const struct query *q, const struct relation *relation)
{
	for (size_t i = 0; i < q->n_related; i++) {
		if (q->related[i]->relation == relation)
			return q->related[i];
	}
	return NULL;
}

static enum status
refuse_more(struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Parameter 'related' names more than %d relations.", RELATED_MAX);
}

static void
owner_add(struct adding *a, struct query *q, struct related *related)
{
	if (q->related == NULL)
		q->related =
		    arena_alloc(a->arena, RELATED_MAX * sizeof(q->related[0]));
	q->related[q->n_related++] = related;
	a->n++;
}

/* May the role read the table that it leads to, and the junction? With what
 * conditions on their rows? */
static enum status
related_right(const struct filter_scope *scope, struct related *related,
    struct error *err)
{
	const struct relation *relation = related->relation;
	struct str bare = STR_NULL;
	enum status st =
	    scope->rows(scope->ctx, relation->ref, bare, &related->role, NULL);

	if (st == ST_OK && relation->junction != NULL)
		st = scope->rows(scope->ctx, relation->junction, bare,
		    &related->junction_role, NULL);
	if (st == ST_OK)
		return ST_OK;
	return error_set(err, st,
	    "The role may not read the records of relation '%.*s'.",
	    STR_ARG(relation->name));
}

/* ST_DENIED when the role may not read it. */
static enum status
relation_add(struct adding *a, const struct owner *owner,
    const struct relation *relation, struct related **out, struct error *err)
{
	struct related *related = related_of(owner->query, relation);
	enum status st;

	*out = related;
	if (related != NULL)
		return ST_OK;
	related = arena_zalloc(a->arena, sizeof(*related));
	related->relation = relation;
	related->query.table = relation->ref;
	st = related_right(a->source->scope, related, err);
	if (st != ST_OK)
		return st;
	if (a->n == RELATED_MAX)
		return refuse_more(err);
	paths_make(a, owner, related);
	owner_add(a, owner->query, related);
	*out = related;
	return ST_OK;
}

/* All that the role may read. */
static enum status
all_add(struct adding *a, const struct owner *owner, struct error *err)
{
	const struct relations *relations =
	    relations_of_table(a, owner->query->table);

	for (size_t i = 0; i < relations->n; i++) {
		struct related *added;
		enum status st =
		    relation_add(a, owner, &relations->list[i], &added, NULL);

		if (st != ST_OK && st != ST_DENIED)
			return refuse_more(err);
	}
	return ST_OK;
}

static enum status
refuse_unknown(const struct db_table *table, struct str text, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Relation '%.*s' does not exist for table '%.*s'.", STR_ARG(text),
	    STR_ARG(table->name));
}

static enum status item_add(struct adding *a, const struct owner *owner,
    struct str text, struct error *err);

/* What stands behind a relation and a dot. */
static enum status
rest_add(struct adding *a, const struct owner *owner, struct related *related,
    struct str rest, struct error *err)
{
	struct owner next = { &related->query, related, owner->level + 1 };

	if (next.level <= RELATED_LEVELS_MAX)
		return item_add(a, &next, rest, err);
	return error_set(err, ST_INVALID,
	    "Parameter 'related' goes deeper than %d levels.",
	    RELATED_LEVELS_MAX);
}

/* "a.b", where a name may hold dots itself. */
static enum status
path_add(struct adding *a, const struct owner *owner, struct str text,
    struct error *err)
{
	const struct db_table *table = owner->query->table;

	for (size_t i = 1; i < text.n; i++) {
		struct str head = str_trim(str_make(text.p, i));
		const struct relation *relation;
		struct related *related;
		enum status st = ST_MISSING;

		if (text.p[i] == '.')
			st = relation_named(
			    relations_of_table(a, table), head, &relation, err);
		if (st == ST_MISSING)
			continue;
		if (st == ST_OK)
			st = relation_add(a, owner, relation, &related, err);
		if (st != ST_OK)
			return st;
		return rest_add(
		    a, owner, related, str_trim(str_skip(text, i + 1)), err);
	}
	return refuse_unknown(table, text, err);
}

static enum status
item_add(struct adding *a, const struct owner *owner, struct str text,
    struct error *err)
{
	const struct db_table *table = owner->query->table;
	const struct relation *relation;
	struct related *related;
	enum status st;

	if (str_eq(text, STR("*")))
		return all_add(a, owner, err);
	st = relation_named(relations_of_table(a, table), text, &relation, err);
	if (st == ST_OK)
		return relation_add(a, owner, relation, &related, err);
	return st == ST_MISSING ? path_add(a, owner, text, err) : st;
}

/* Where each of its relations finds its columns in a row of the query. */
static void
columns_place(struct arena *arena, struct query *q)
{
	for (size_t i = 0; i < q->n_related; i++) {
		struct related *related = q->related[i];
		const struct joint *joint = &related->relation->joint;

		related->at =
		    arena_alloc(arena, joint->n * sizeof(related->at[0]));
		for (size_t k = 0; k < joint->n; k++)
			related->at[k] = fields_place(q, arena, joint->left[k]);
	}
}

/* Those of the second level have been added with the first. */
static enum status
options_read(struct adding *a, struct query *q, struct error *err)
{
	for (size_t i = 0; i < q->n_related; i++) {
		struct related *related = q->related[i];
		enum status st =
		    related_options_read(a->arena, a->source, related, err);

		if (st == ST_OK)
			st = options_read(a, &related->query, err);
		if (st != ST_OK)
			return st;
	}
	columns_place(a->arena, q);
	return ST_OK;
}

enum status
related_parse(struct arena *arena, const struct related_source *source,
    struct query *q, struct error *err)
{
	struct adding a = { .arena = arena, .source = source };
	struct owner owner = { q, NULL, 1 };
	struct str rest = source->text;
	enum status st = ST_OK;

	while (st == ST_OK && !str_is_null(rest))
		st = item_add(&a, &owner, str_trim(str_cut(&rest, ',')), err);
	if (st == ST_OK)
		st = options_read(&a, q, err);
	return st == ST_OK ? related_options_check(source, q, err) : st;
}
