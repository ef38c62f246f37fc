#include "app/commands/role_grant.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/role_print.h"
#include "middleware/registry/access.h"
#include "middleware/registry/grant_records.h"
#include "middleware/registry/words.h"

/* Which row the options name; false after a message. */
static bool
order_read(const struct command_call *call, struct grant_order *order)
{
	const char *component = command_value(call, "--component");
	const char *requestors = command_value(call, "--requestors");
	struct error err = { 0 };

	*order = (struct grant_order){ .role = str_of(call->operands[0]),
		.service = str_of(command_value(call, "--service")),
		.component = str_of(component == NULL ? "*" : component),
		.requestor_mask = REQUESTOR_API };
	if (requestors == NULL || requestors_parse(str_of(requestors),
				      &order->requestor_mask, &err) == ST_OK)
		return true;
	(void)command_fail("%s", err.text);
	return false;
}

int
role_grant(struct command_call *call)
{
	const char *verbs = command_value(call, "--verbs");
	const char *filters = command_value(call, "--filters");
	const char *filter_op = command_value(call, "--filter-op");
	struct grant_order order;
	struct error err = { 0 };
	struct system_db db;
	bool changed;
	enum status st;

	if (!order_read(call, &order))
		return 1;
	if (filter_op != NULL && filters == NULL)
		return command_fail("--filter-op goes with --filters");
	order.filters = str_of(filters);
	order.filter_op = str_of(filter_op);
	st = verbs_parse(
	    str_of(verbs == NULL ? "GET" : verbs), &order.verb_mask, &err);
	if (st != ST_OK)
		return command_fail("%s", err.text);
	if (!admin_open(call, &db))
		return 1;
	st = grant_record_put(&db, &order, &changed, &err);
	if (st == ST_OK)
		(void)printf("role \"%.*s\" %s %.*s on \"%.*s\" of %.*s\n",
		    STR_ARG(order.role), changed ? "now has" : "has",
		    STR_ARG(verbs_text(call->arena, order.verb_mask)),
		    STR_ARG(order.component), STR_ARG(order.service));
	return admin_close(&db, st, &err);
}

int
role_revoke(struct command_call *call)
{
	struct grant_order order;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!order_read(call, &order) || !admin_open(call, &db))
		return 1;
	st = grant_record_remove(&db, &order, &err);
	if (st == ST_OK)
		(void)printf("role \"%.*s\": row for \"%.*s\" of %.*s taken "
			     "away\n",
		    STR_ARG(order.role), STR_ARG(order.component),
		    STR_ARG(order.service));
	return admin_close(&db, st, &err);
}

const struct command_option role_grant_options[] = {
	{ "--service", "NAME", true, "which service, or \"*\" for all" },
	{ "--component", "COMPONENT", false,
	    "which part of it, as in _table/orders or \"_table/*\"; without, "
	    "all of it" },
	{ "--requestors", "WHO", false,
	    "who asks: api, script or all; without, api" },
	{ "--verbs", "VERBS", false,
	    "GET,POST,PUT,PATCH,DELETE, all, or none to deny; without, GET" },
	{ "--filters", "JSON", false,
	    "of which rows of its tables: a list of "
	    "{\"name\",\"operator\",\"value\"}, [] for every row; without, as "
	    "it is" },
	{ "--filter-op", "OP", false,
	    "how filters are joined: and, or; without, and" },
	{ 0 },
};

const struct command_option role_revoke_options[] = {
	{ "--service", "NAME", true, "which service, or \"*\" for all" },
	{ "--component", "COMPONENT", false,
	    "which part, as it was granted; without, all of it" },
	{ "--requestors", "WHO", false, "as it was granted; without, api" },
	{ 0 },
};
