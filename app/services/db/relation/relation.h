/*
 * How the tables of a database relate, derived from the foreign keys of its
 * catalogue (dreamfactory.md 7.5). A relation belongs to the table whose
 * records have it, and is named after where it leads:
 *
 *   belongs_to          {ref}_by_{column of the table}
 *   has_one, has_many   {ref}_by_{column of ref}
 *   many_many           {ref}_by_{junction}
 *
 * with an underscore between the columns of a key that has several. A name
 * that the table has already, for a column or an earlier relation (they come
 * in the order above, those of a kind by table and then by column), gets more:
 * "_belongs_to", "_has_one" or "_has_many", which tells the two ends of a key
 * within one table apart, or for many_many "_" and the column of the junction
 * that leads to ref; then "_2" and so on.
 *
 * Views have no relations, nor has a key that refers to columns which are not
 * unique. Any table with two foreign keys is a junction between what they
 * refer to, unless that is the table itself.
 */
#ifndef WEIR_SERVICES_DB_RELATION_H
#define WEIR_SERVICES_DB_RELATION_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct catalog;
struct column;
struct db_table;
struct foreign_key;

enum relation_kind {
	RELATION_BELONGS_TO,
	RELATION_HAS_ONE, /* the column that refers is unique */
	RELATION_HAS_MANY,
	RELATION_MANY_MANY
};

/* left[i] of one table holds what right[i] of another does. */
struct joint {
	const struct column **left;
	const struct column **right;
	size_t n;
};

struct relation {
	struct str name;
	enum relation_kind kind;
	const struct db_table *table;    /* whose records have it */
	const struct db_table *ref;      /* of the related records */
	const struct db_table *junction; /* NULL unless many_many */
	struct joint joint; /* from table to ref, or to the junction */
	struct joint far;   /* from the junction to ref; n: 0 without one */
	const struct foreign_key *key;     /* of joint */
	const struct foreign_key *far_key; /* of far */
	bool exact;   /* equal values of the joint are the same bytes */
	bool repeats; /* the junction may hold a pair more than once */
};

/* Those of one table. */
struct relations {
	struct relation *list;
	size_t n;
};

/* Those of all tables, beside catalog.tables; they live in the arena, and as
 * long as the catalogue. */
struct relations *relations_of(
    struct arena *arena, const struct catalog *catalog);

/* By its name, exactly, then ignoring ASCII case; NULL: there is none. */
const struct relation *relation_find(
    const struct relations *relations, struct str name);

/*
 * By its name, or by that of the table it leads to, in any case. ST_MISSING:
 * there is none; ST_INVALID names those that lead to a table named so.
 */
enum status relation_named(const struct relations *relations, struct str text,
    const struct relation **out, struct error *err);

/* One that leads to a table named so, in any case; *n is how many do. */
const struct relation *relation_to(
    const struct relations *relations, struct str table, size_t *n);

/* Does it lead to one record at most? */
bool relation_is_single(const struct relation *relation);

#endif
