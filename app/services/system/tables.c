#include "app/services/system/tables.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/services/db/db.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog_build.h"
#include "middleware/registry/system_db.h"

#define CONNECTIONS_MAX                                                        \
	256 /* more than workers; only those in use are made                   \
	     */
#define SECRETS_MAX 3
#define OWN_ID      1 /* only rights.h speaks of it */

/* What is not here stays unseen. */
static const struct {
	const char *name;
	const char *secrets[SECRETS_MAX]; /* columns */
} seen[] = {
	{ "app", { NULL } },
	{ "app_key", { "hash" } },
	{ "audit", { NULL } },
	{ "cors_config", { NULL } },
	{ "limits", { NULL } },
	{ "lookup", { NULL } },
	{ "role", { NULL } },
	{ "role_service_access", { NULL } },
	{ "service", { NULL } },
	{ "service_cache_config", { NULL } },
	{ "user", { "password", "security_answer", "confirm_code" } },
	{ "user_to_app_to_role", { NULL } },
};

#define SEEN (sizeof(seen) / sizeof(seen[0]))

static size_t
seen_find(struct str name)
{
	size_t i = 0;

	while (i < SEEN && !str_eq(name, str_of(seen[i].name)))
		i++;
	return i;
}

static bool
is_secret(size_t table, struct str column)
{
	for (size_t i = 0; i < SECRETS_MAX; i++) {
		if (str_eq(column, str_of(seen[table].secrets[i])))
			return true;
	}
	return false;
}

static void
columns_trim(struct db_table *t, size_t table, struct arena *arena)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n_columns; i++) {
		if (!is_secret(table, t->columns[i].name))
			t->columns[kept++] = t->columns[i];
	}
	t->n_columns = kept;
	table_link(t, arena);
}

static void
tables_trim(struct catalog *c, struct arena *arena)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n_tables; i++) {
		size_t table = seen_find(c->tables[i].name);

		if (table == SEEN)
			continue;
		c->tables[kept] = c->tables[i];
		columns_trim(&c->tables[kept++], table, arena);
	}
	c->n_tables = kept;
	catalog_index(c, arena);
}

enum status
system_tables_open(const struct settings *settings, struct system_tables **out,
    struct error *err)
{
	struct db_own own = {
		.max_records = settings->db_max_records,
		.max_connections = CONNECTIONS_MAX,
		.deadline_ms = clock_boot_ms() + settings->statement_timeout,
		.trim = tables_trim,
	};
	enum status st = system_db_config(settings, &own.config, err);
	struct system_tables *tables = calloc(1, sizeof(*tables));

	if (tables == NULL)
		abort();
	if (st == ST_OK)
		st = db_service_own(&own, &tables->db, err);
	if (st != ST_OK) {
		free(tables);
		return st;
	}
	tables->service = (struct service){ .id = OWN_ID,
		.name = STR("system"),
		.active = true,
		.instance = tables->db };
	*out = tables;
	return ST_OK;
}

void
system_tables_close(struct system_tables *tables)
{
	if (tables == NULL)
		return;
	db_service_close(tables->db);
	free(tables);
}

const struct relations *
system_tables_relations(
    const struct system_tables *tables, const struct db_table *table)
{
	const struct db_service *db = tables->db;

	return &db->relations[table - db->catalog.tables];
}
