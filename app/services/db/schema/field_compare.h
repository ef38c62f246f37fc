/* Within the order of a schema: a field that there is, and what a client says
 * of it. */
#ifndef WEIR_SERVICES_DB_FIELD_COMPARE_H
#define WEIR_SERVICES_DB_FIELD_COMPARE_H

#include "app/services/db/schema/schema_order.h"

struct comparing {
	struct schema_order *o;
	struct altering *a;
	const struct db_table *table;
	const struct column *column;
	const struct field_draft *d;
	struct reshape_change change;
};

/* "Field 'x' of table 't' {why}." */
enum status field_refuse(const struct comparing *c, enum status st,
    const char *why, struct error *err);

/* Is it said to be otherwise? */
bool field_is_other(enum said said, bool is);

/* Does it say how many characters it has at most? */
bool field_has_length(const struct column *c);

/* -- field_convert.c ------------------------------------------------------- */

bool field_converts(
    const struct reshape_column *from, const struct reshape_column *to);

/* -- field_change_key.c: once the type is compared --------------------------
 */

enum status field_indexes_compare(struct comparing *c, struct error *err);
enum status field_key_compare(struct comparing *c, struct error *err);

#endif
