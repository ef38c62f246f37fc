/*
 * Which rows of a table the caller's role opens to a verb: its row filters
 * (dreamfactory.md 3.3) as a condition of a statement.
 */
#ifndef WEIR_SERVICES_DB_ROLE_FILTER_H
#define WEIR_SERVICES_DB_ROLE_FILTER_H

#include "app/base/status.h"
#include "app/services/db/statement.h"

struct db_table;
struct request;

struct role_rows {
	const struct db_table *table;
	unsigned verb;    /* enum method; a HEAD is a GET */
	struct str alias; /* of the table in the statement; STR_NULL: none.
			   * In a subquery it must have one. */
};

/*
 * Of the table that the path names. *out is NULL when every row is open, else
 * lives in the request's arena. ST_DENIED when the filters cannot be applied
 * (a column that does not exist, a value that is none of its, a lookup): no
 * row is open then. The error is for the client; the log names the cause.
 */
enum status role_filter_path(struct request *req, const struct role_rows *rows,
    const struct condition **out, struct error *err);

/*
 * For a call that writes, and shows or compares what it finds: *role, which is
 * of its own verb, becomes a condition for rows that GET opens as well. Fails
 * as role_filter_path().
 */
enum status role_filter_read_too(struct request *req,
    const struct db_table *table, const struct condition **role,
    struct error *err);

/*
 * For a call that writes: the rows of the same path that GET opens. ST_DENIED
 * also when the role does not allow that.
 */
enum status role_filter_get(struct request *req, const struct db_table *table,
    const struct condition **out, struct error *err);

/*
 * Of any other table of the service that the call reaches, whose component is
 * _table/NAME. ST_DENIED also when the role does not allow the verb there.
 */
enum status role_filter_table(struct request *req, const struct role_rows *rows,
    const struct condition **out, struct error *err);

#endif
