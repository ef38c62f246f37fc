/* One related record that is written: made, changed, let go. */
#ifndef WEIR_SERVICES_DB_NESTED_PUT_H
#define WEIR_SERVICES_DB_NESTED_PUT_H

#include "app/base/jsonread.h"
#include "app/services/db/db.h"

struct draft;
struct relation;

/* What is being written through a relation. */
struct nested_put {
	struct table_call *call;
	const struct relation *relation;
	/* Of the record that has the relation, what it has in joint.left;
	 * not with belongs_to. */
	const struct db_value *values;
	bool may_delete;
};

/*
 * The same call for a table of the relation and that method, with the rows
 * that it is open for. ST_DENIED names the relation.
 */
enum status nested_reach(const struct nested_put *put,
    const struct db_table *table, unsigned verb, struct table_call *out,
    struct error *err);

/*
 * Makes the related record of the draft, or changes it. key has room for that
 * of its table, and is the record's then, where *known.
 */
enum status nested_put_record(const struct nested_put *put,
    const struct draft *draft, struct db_value *key, bool *known,
    struct error *err);

/* The same, and what it has in n columns then. */
enum status nested_put_values(const struct nested_put *put,
    const struct draft *draft, const struct column *const *columns, size_t n,
    struct db_value *out, struct error *err);

/* Of many_many: writes the record of {...} and links it with the one of
 * put->values, or ends their link. */
enum status nested_link(
    const struct nested_put *put, struct json object, struct error *err);

/* The record that {...} names does not refer to the one of put->values any
 * more. */
enum status nested_let_go(
    const struct nested_put *put, struct json object, struct error *err);

#endif
