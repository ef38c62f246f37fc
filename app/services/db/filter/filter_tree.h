/* A filter (filter.h), understood: conditions joined by logic. */
#ifndef WEIR_SERVICES_DB_FILTER_TREE_H
#define WEIR_SERVICES_DB_FILTER_TREE_H

#include "app/services/db/filter/filter_text.h"
#include "drivers/db/db.h"

struct column;
struct condition;
struct filter_order;
struct relation;
struct statement;

enum filter_op {
	FILTER_EQ,
	FILTER_NE,
	FILTER_LT,
	FILTER_GE,
	FILTER_GT,
	FILTER_LE,
	FILTER_IN,
	FILTER_LIKE, /* with a pattern of filter_value.h */
	FILTER_NULL
};

/* column op values. What is negated in words has an op of its own, or
 * negated; with null in it a list has or_null instead. */
struct filter_condition {
	const struct column *column;
	enum filter_op op;
	bool negated; /* FILTER_IN, FILTER_LIKE, FILTER_NULL */
	bool or_null; /* FILTER_IN: null is among the values */
	struct db_value *values;
	size_t n;
};

/* What the condition below it is about: records of a relation. */
struct filter_related {
	const struct relation *relation;
	bool negated;                 /* of no record, not of some */
	struct str outer;             /* what has the relation, in the SQL */
	struct str alias;             /* of relation->ref */
	struct str junction_alias;    /* of relation->junction */
	const struct condition *role; /* rows of them that count */
	const struct condition *junction_role;
	const struct db_table *written; /* see struct filter_scope */
};

enum filter_kind {
	FILTER_CONDITION,
	FILTER_RELATED,
	FILTER_NOT,
	FILTER_JOINED
};

struct filter_node {
	enum filter_kind kind;
	enum filter_logic logic;         /* FILTER_JOINED: of its children */
	struct filter_node *first;       /* children; one of FILTER_NOT and
					  * FILTER_RELATED */
	struct filter_node *next;        /* beside it */
	struct filter_condition content; /* FILTER_CONDITION */
	struct filter_related *related;  /* FILTER_RELATED */
};

/*
 * The tree of a filter's text, in the arena. Its depth is at most a small
 * multiple of FILTER_DEPTH_MAX. A child of FILTER_NOT is always FILTER_JOINED.
 * Fails as filter_parse().
 */
enum status filter_tree_read(struct arena *arena,
    const struct filter_order *order, struct filter_node **out,
    struct error *err);

/* Which condition is the contrary: true where c is false, NULL where NULL. */
void filter_condition_negate(struct filter_condition *c);

/* One condition: what filter_tree_read() reads between logic. */
struct filter_reader {
	struct filter_text text;
	const struct filter_order *order;
	size_t conditions; /* so far */
	size_t elements;   /* of lists, so far */
	size_t related;    /* conditions on related records, so far */
	size_t depth;
};

/* On the column of out, whose name has been read. */
enum status filter_condition_read(
    struct filter_reader *r, struct filter_condition *out);

/*
 * A field: its column, and *out the relations that lead to it, each the only
 * child of the one before; NULL where it is the table's own. *last is the
 * innermost.
 */
enum status filter_field_read(struct filter_reader *r,
    const struct column **column, struct filter_node **out,
    struct filter_node **last);

/*
 * How many words, parentheses and operands a parser of the tree's SQL has to
 * remember at the deepest place: some have a bound, and say so as a fault.
 */
size_t filter_tree_nesting(const struct filter_node *tree);

/* "EXISTS (...)" around what put() makes of the child, with s->alias set for
 * it; see filter_sql.c. */
typedef void filter_put_f(struct statement *s, const struct filter_node *node);
void filter_related_put(
    struct statement *s, const struct filter_node *node, filter_put_f *put);

/* The tree as SQL; alias: as of struct statement. */
void filter_tree_put(struct arena *arena, const struct filter_node *tree,
    char quote, struct str alias, struct condition *out);

#endif
