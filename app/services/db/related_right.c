/* What of the related records the role of a call may read. */
#include "app/services/db/db.h"
#include "app/services/db/related.h"
#include "app/services/db/relation.h"
#include "app/services/db/role_filter.h"
#include "middleware/request.h"

static enum status
table_right(const struct table_call *call, const struct db_table *table,
    const struct condition **role)
{
	struct role_rows rows = { .table = table, .verb = METHOD_GET };

	return role_filter_table(call->req, &rows, role, NULL);
}

enum status
related_right(
    const struct table_call *call, struct related *related, struct error *err)
{
	const struct relation *relation = related->relation;
	enum status st = table_right(call, relation->ref, &related->role);

	if (st == ST_OK && relation->junction != NULL)
		st = table_right(
		    call, relation->junction, &related->junction_role);
	if (st == ST_OK)
		return ST_OK;
	return error_set(err, st,
	    "The role may not read the records of relation '%.*s'.",
	    STR_ARG(relation->name));
}
