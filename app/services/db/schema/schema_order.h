/*
 * What a call wants of a schema, made into an order for the driver
 * (drivers/db/reshape.h): tables that a client describes, checked against each
 * other, the catalogue and what the engines can do.
 */
#ifndef WEIR_SERVICES_DB_SCHEMA_ORDER_H
#define WEIR_SERVICES_DB_SCHEMA_ORDER_H

#include "app/base/status.h"
#include "app/services/db/schema/field_draft.h"
#include "app/services/db/schema/schema_name.h"
#include "drivers/db/reshape.h"

struct db_service;

struct table_draft {
	struct str name;
	const struct db_table *table; /* NULL: to be made */
	struct field_draft *fields;
	size_t n_fields;
	struct str *key; /* primary_key; n_key 0: unsaid */
	size_t n_key;
};

struct schema_order {
	struct arena *arena;
	const struct db_service *service;
	const struct table_draft *drafts; /* all tables of the call */
	size_t n_drafts;
	struct made_names names;
	struct buf steps; /* of struct reshape_step */
};

struct schema_order schema_order_open(
    struct arena *arena, const struct db_service *service);

/*
 * Adds what makes the drafts true: new tables, and tables with new and changed
 * fields. What is as it should be already makes no step. ST_INVALID names table
 * or field; ST_DENIED: it cannot be done by weir or by this engine.
 */
enum status schema_order_tables(struct schema_order *o,
    const struct table_draft *drafts, size_t n, struct error *err);

/* Adds that tables, or fields of one, are dropped. ST_EXISTS: another table
 * refers to one, and does not go as well. */
enum status schema_order_drop_tables(struct schema_order *o,
    const struct db_table *const *list, size_t n, struct error *err);
enum status schema_order_drop_fields(struct schema_order *o,
    const struct db_table *table, const struct column **list, size_t n,
    struct error *err);

/* The driver's order; n 0: there is nothing to do. */
struct reshape schema_order_end(
    const struct schema_order *o, int64_t deadline_ms);

/* -- field_spec.c ---------------------------------------------------------- */

/* A new field, and what it needs beside its column. */
struct field_spec {
	struct reshape_column column;
	bool is_key;
	bool is_unique;
	bool is_index;
	const struct reshape_key *key; /* NULL: it refers to nothing */
};

/* adds: to a table that may have rows. */
enum status field_spec_new(struct schema_order *o, const struct table_draft *t,
    const struct field_draft *d, bool adds, struct field_spec *out,
    struct error *err);

/* An index over the one column. */
struct reshape_index field_index(struct schema_order *o, struct str table,
    struct str column, bool is_unique);

/* -- field_type.c ---------------------------------------------------------- */

/* Sets type, length, precision, scale of the column as the draft says, where
 * it says nothing as the type is usually made. d->type is said. */
enum status field_type_set(
    const struct field_draft *d, struct reshape_column *out, struct error *err);

/* Can it be part of a key or an index? Texts without a length cannot. */
enum status field_index_check(
    const struct reshape_column *c, struct error *err);

/* Sets the default that the draft says, checked as a value of such a column is;
 * JSON_NONE leaves it as it is. */
enum status field_default_set(struct arena *arena, const struct field_draft *d,
    struct reshape_column *out, struct error *err);

/* -- field_key.c ----------------------------------------------------------- */

/* What a draft refers to: a column that there is, or that the call makes. */
struct field_ref {
	const struct db_table *table;
	const struct column *column;
	const struct field_draft *draft; /* NULL: the above */
	struct str table_name;
	struct str name;
};

enum status field_ref_find(const struct schema_order *o,
    const struct field_draft *d, struct field_ref *out, struct error *err);

/* The column gets the type of what it refers to. */
enum status field_ref_type(
    const struct field_ref *ref, struct reshape_column *out, struct error *err);

/* The foreign key, in the arena. */
const struct reshape_key *field_ref_key(struct schema_order *o,
    struct str table, const struct field_draft *d, const struct field_ref *ref);

/* -- field_change.c -------------------------------------------------------- */

/* Adds to the lists of an alteration what makes the column as the draft says.
 */
struct altering {
	const struct table_draft *draft;
	struct buf add;          /* of struct reshape_column */
	struct buf change;       /* of struct reshape_change */
	struct buf add_indexes;  /* of struct reshape_index */
	struct buf drop_indexes; /* of const struct db_index * */
	struct buf add_keys;     /* of struct reshape_key */
	struct buf drop_keys;    /* of const struct foreign_key * */
};

enum status field_change(struct schema_order *o, struct altering *a,
    const struct column *column, const struct field_draft *d,
    struct error *err);

#endif
