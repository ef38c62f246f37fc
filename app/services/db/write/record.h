/*
 * One record of a table, written or looked at by its name: what a call does
 * with its own records and with related ones. The condition of the call's role
 * counts in each statement; values live in the request's arena.
 */
#ifndef WEIR_SERVICES_DB_RECORD_H
#define WEIR_SERVICES_DB_RECORD_H

#include "app/services/db/db.h"

struct draft;
struct record_name;

/* ST_EXISTS: the database succeeded and wrote nothing, as SQLite does by ON
 * CONFLICT IGNORE, or by a trigger that raises IGNORE. */
enum status record_ignored(struct error *err);

/* Inserts; ST_EXISTS also where the database passed the record over without a
 * word. key has room for the table's; *known: it is the new record's. Under a
 * role's condition the record is yet to be looked at: record_check(). */
enum status record_insert(struct table_call *c, const struct draft *draft,
    struct db_value *key, bool *known, struct error *err);

/* ST_MISSING when there is no such record. */
enum status record_update(struct table_call *c, const struct draft *draft,
    const struct record_name *name, struct error *err);
enum status record_delete(
    struct table_call *c, const struct record_name *name, struct error *err);

/* What it has in n columns now, which nobody else writes until the transaction
 * ends. ST_MISSING when there is no such record. */
enum status record_values(struct table_call *c, const struct record_name *name,
    const struct column *const *columns, size_t n, struct db_value *out,
    struct error *err);

/* ST_DENIED when the condition of the role does not let it be seen: undo what
 * was written. */
enum status record_check(
    struct table_call *c, const struct record_name *name, struct error *err);

#endif
