/* What there is nothing for here: said once a table that has rows. */
#include "app/import/import.h"

static const struct {
	const char *table;
	const char *what;
} tables[] = {
	{ "event_script", "scripts of events" },
	{ "script_config", "scripts of services" },
	{ "scheduler", "scheduled tasks" },
	{ "scheduler_tasks", "scheduled tasks" },
	{ "email_template", "templates of mails" },
	{ "service_doc", "API documents written by hand" },
	{ "db_table_extras", "labels of tables" },
	{ "db_field_extras", "labels and rules of columns" },
	{ "db_virtual_relationship", "virtual relations of tables" },
	{ "app_group", "groups of apps" },
	{ "role_adldap", "roles of LDAP groups" },
	{ "app_role_map", "roles of services for signing in" },
};

/* Whoever may register here is for somebody here to say. */
static enum status
registration_look(struct import *imp, struct error *err)
{
	struct source_rows rows;
	enum status st = source_read(&imp->source, "user_config",
	    "service_id allow_open_registration", &rows, err);

	for (size_t i = 0; st == ST_OK && i < rows.n; i++) {
		if (source_number(source_row(&rows, i)[1]) != 0)
			report_left(&imp->report, "table", STR("user_config"),
			    "open registration stays as it is here: `weir "
			    "service set user allow_open_registration=true`");
	}
	return st;
}

enum status
import_rest(struct import *imp, struct error *err)
{
	enum status st = registration_look(imp, err);

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		int64_t n = 0;

		if (st == ST_OK)
			st = source_count(
			    &imp->source, tables[i].table, &n, err);
		if (st == ST_OK && n > 0)
			report_left(&imp->report, "table",
			    str_of(tables[i].table),
			    "%lld rows: there are no %s here", (long long)n,
			    tables[i].what);
	}
	return st;
}
