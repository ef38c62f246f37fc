/* A record that a client sent: which columns get which values. */
#ifndef WEIR_SERVICES_DB_DRAFT_H
#define WEIR_SERVICES_DB_DRAFT_H

#include <stddef.h>

#include "app/base/jsonread.h"
#include "drivers/db/db.h"

struct column;
struct db_table;
struct identity;

struct assignment {
	const struct column *column;
	struct db_value value;
};

struct draft {
	struct assignment *list;
	size_t n; /* at least 1, once it has been checked */
};

enum draft_use { DRAFT_NEW, DRAFT_CHANGE };

/*
 * The members that are columns; others are passed over (dreamfactory.md 7.2),
 * and so are generated columns and, in a change, a counting key. ST_INVALID
 * names the field: a value that does not fit, NULL where none may be, a field
 * given twice, one that a new record needs, or no field at all.
 */
enum status draft_read(struct arena *arena, const struct db_table *table,
    struct json object, enum draft_use use, struct draft *out,
    struct error *err);

/* The two halves of it: the members, without a look at what is missing; and
 * that look. */
enum status draft_members(struct arena *arena, const struct db_table *table,
    struct json object, enum draft_use use, struct draft *out,
    struct error *err);
enum status draft_check(const struct db_table *table, const struct draft *draft,
    enum draft_use use, struct error *err);

/* Does the object name its record? As the counting key in parts does, unless
 * that is NULL. */
bool draft_is_named(struct arena *arena, const struct identity *by,
    const struct db_value *parts, struct json object);

/*
 * A new record of that identifier, out of what was to change the one that is
 * missing. ST_INVALID as draft_read().
 */
enum status draft_for_new(struct arena *arena, const struct identity *by,
    const struct db_value *parts, const struct draft *change, struct draft *out,
    struct error *err);

/* A draft of nothing. This one, what draft_members() reads and draft_rest()
 * leaves have room for every column of their table. */
struct draft draft_empty(struct arena *arena, const struct db_table *table);

/* The draft without what identifies the record, which a change leaves as it is
 * stored ('ABC' may have named 'abc'); it may be nothing then. */
struct draft draft_rest(
    struct arena *arena, const struct draft *draft, const struct identity *by);

/* Assigns a value, in place of another. */
void draft_set(struct draft *draft, const struct column *column,
    const struct db_value *value);

/* What is assigned to the column, or NULL. */
const struct db_value *draft_value(
    const struct draft *draft, const struct column *column);

#endif
