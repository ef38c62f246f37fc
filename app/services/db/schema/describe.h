/* What a schema is made of, as DreamFactory describes it (dreamfactory.md
 * 7.6): every member, in its order. */
#ifndef WEIR_SERVICES_DB_DESCRIBE_H
#define WEIR_SERVICES_DB_DESCRIBE_H

struct arena;
struct buf;
struct column;
struct db_table;
struct relation;
struct relations;
struct request;

/* A table with its fields, relations and constraints, and what the caller's
 * role may do with it as a schema. */
void describe_table(
    struct buf *out, struct request *req, const struct db_table *table);

void describe_field(struct buf *out, struct arena *arena,
    const struct db_table *table, const struct column *column);

/* ref_service_id is of the request's service. */
void describe_relation(
    struct buf *out, struct request *req, const struct relation *relation);

/* Those of the table; NULL or none: an empty list. */
const struct relations *describe_relations(
    const struct request *req, const struct db_table *table);

/* {"name":{...}}: primary key, unique indexes and foreign keys. */
void describe_constraints(
    struct buf *out, struct arena *arena, const struct db_table *table);

#endif
