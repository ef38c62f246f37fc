#include "app/services/db/filter/filter_scope.h"

#include "app/services/db/db.h"
#include "app/services/db/role_filter.h"
#include "middleware/request.h"

static enum status
rows_of_role(const void *ctx, const struct db_table *table, struct str alias,
    const struct condition **out, struct error *err)
{
	const struct table_call *call = ctx;
	struct role_rows rows = { table, METHOD_GET, alias };

	return role_filter_table(call->req, &rows, out, err);
}

const struct filter_scope *
filter_scope_make(struct arena *arena, const struct table_call *call,
    const struct db_table *written)
{
	struct filter_scope *scope;

	if (call == NULL)
		return NULL;
	scope = arena_alloc(arena, sizeof(*scope));
	*scope = (struct filter_scope){
		.catalog = &call->service->catalog,
		.relations = call->service->relations,
		.rows = rows_of_role,
		.ctx = call,
	};
	/* Only such servers read none of what they write. */
	if (call->service->driver->for_update)
		scope->written = written;
	return scope;
}
