#include "app/services/system/known.h"

#include "app/base/arena.h"
#include "app/base/near.h"
#include "app/services/db/db.h"
#include "app/services/db/relation/relation.h"
#include "app/services/system/member.h"
#include "app/services/system/tables.h"
#include "app/services/system/write.h"
#include "drivers/db/catalog.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

/* Besides the columns of a table, what is made of them and its relations: what
 * is only sent, and what of DreamFactory's (dreamfactory.md 8) weir has not. */
static const char *const of_app[] = { "regenerate", "revoke", "grace",
	"expires_in", "type", "path", "url", "launch_url", "storage_service_id",
	"storage_container", "requires_fullscreen", "allow_fullscreen_toggle",
	"toggle_location", "app_lookup_by_app_id", NULL };
static const char *const of_limit[] = { "label", "cache_data", NULL };
static const char *const of_lookup[] = { "allow_user_update", NULL };
static const char *const of_role[] = { "role_lookup_by_role_id",
	"service_by_role_service_access", NULL };
static const char *const of_service[] = { "cache_enabled", "cache_ttl",
	"mutable", "deletable", "service_doc_by_service_id", NULL };
static const char *const of_user[] = { "password", "security_answer",
	"password_confirmation", "ldap_username", "adldap", "oauth_provider",
	"saml", "confirm_code", "remember_token", "user_lookup_by_user_id",
	NULL };

static const struct {
	const char *table;
	const char *const *names;
} besides[] = {
	{ "app", of_app },
	{ "limits", of_limit },
	{ "lookup", of_lookup },
	{ "role", of_role },
	{ "service", of_service },
	{ "user", of_user },
};

/* One member, among all that there are. */
struct look {
	struct arena *arena;
	struct str name;
	bool found;
	bool nears; /* looks for what is meant, too */
	struct near near;
};

static void
look_at(struct look *l, struct str name)
{
	l->found = l->found || str_eq(l->name, name);
	if (l->nears)
		near_try(&l->near, arena_dup(l->arena, name).p);
}

static void
look_among(struct look *l, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		look_at(l, str_of(*names));
}

static void
look_in_lists(struct look *l, struct str table)
{
	const struct members *m = members_of(table);

	if (m != NULL)
		look_among(l, m->added);
	for (size_t i = 0; i < sizeof(besides) / sizeof(besides[0]); i++) {
		if (str_eq(table, str_of(besides[i].table)))
			look_among(l, besides[i].names);
	}
}

static void
look_in_table(struct look *l, const struct system_tables *tables,
    const struct db_table *table)
{
	const struct relations *relations =
	    system_tables_relations(tables, table);

	for (size_t i = 0; i < table->n_columns; i++)
		look_at(l, table->columns[i].name);
	for (size_t i = 0; i < relations->n; i++)
		look_at(l, relations->list[i].name);
	look_in_lists(l, table->name);
}

static enum status
refuse(struct look *l, const struct system_tables *tables,
    const struct db_table *table, struct error *err)
{
	l->nears = true;
	look_in_table(l, tables, table);
	if (l->near.found == NULL)
		return error_set(err, ST_INVALID, "\"%.*s\" is not known.",
		    STR_ARG(l->name));
	return error_set(err, ST_INVALID,
	    "\"%.*s\" is not known: is \"%s\" meant?", STR_ARG(l->name),
	    l->near.found);
}

enum status
known_check(const struct system_write *w, const char *table, struct json record,
    struct error *err)
{
	const struct system_tables *tables = w->req->service->instance;
	const struct db_table *t = db_service_table(tables->db, str_of(table));
	struct json_walk walk = json_walk(w->arena, record);
	struct json_member member;

	if (t == NULL || json_kind(record) != JSON_OBJECT)
		return ST_OK;
	while (json_next(&walk, &member)) {
		struct look l = { .arena = w->arena,
			.name = member.name,
			.near = near_to(member.name) };

		look_in_table(&l, tables, t);
		if (!l.found)
			return refuse(&l, tables, t, err);
	}
	return ST_OK;
}
