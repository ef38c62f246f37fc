/*
 * Related records inside of a record that is written, under the names of its
 * table's relations (dreamfactory.md 7.5):
 *
 *   belongs_to   {...}, written first and then referred to; null: none
 *   has_one      {...}
 *   has_many     [{...},...], written afterwards, and made to refer to it
 *   many_many    [{...},...], written afterwards, and linked by the junction
 *
 * A related record without its key is made. One with it is changed, or made
 * where there is none and the key is not counted; its key alone only relates
 * it. One of has_one or has_many with null where it refers to the record is let
 * go: it refers to none or, where it must, is deleted if that is allowed. One
 * of many_many with {"TABLE.KEY":null}, of the record's table, is unlinked.
 * Related records that are not there stay as they are.
 */
#ifndef WEIR_SERVICES_DB_NESTED_H
#define WEIR_SERVICES_DB_NESTED_H

#include "app/services/db/db.h"

struct draft;
struct record_name;
struct records;
struct relation;

struct nested {
	const struct relation *relation;
	struct json value; /* as the relation has it; checked */
};

/* Those of one record. */
struct nesting {
	struct nested *list;
	size_t n;
	bool may_delete; /* allow_related_delete */
};

/* Does any of the records hold related ones? Then it notes in c->also which
 * tables they reach, before the first statement. ST_INVALID says what cannot be
 * written so, or which bound is passed. */
enum status nested_prepare(struct table_call *c, const struct records *records,
    bool *nests, struct error *err);

/* Those of a record that nested_prepare() has seen. In the arena. */
struct nesting nested_of(const struct table_call *c, struct json record);

/*
 * Writes the records that this one refers to, and assigns to its draft what
 * refers to them; then, when it has been written and has that name, those that
 * refer to it. ST_INVALID names the relation, the record and what is wrong with
 * it; ST_DENIED when the role may not write it.
 */
enum status nested_before(struct table_call *c, const struct nesting *nesting,
    struct draft *draft, struct error *err);
enum status nested_after(struct table_call *c, const struct nesting *nesting,
    const struct record_name *name, struct error *err);

#endif
