/* Lookups of the system, of apps, roles and users. */
#include "app/base/arena.h"
#include "app/import/import.h"
#include "middleware/registry/lookup_records.h"
#include "middleware/registry/words.h"

enum cell { ID, NAME, VALUE, PRIVATE, DESCRIPTION, APP, ROLE, USER };

#define COLUMNS "id name value private description app_id role_id user_id"

/* False when whom it is for is not here. */
static bool
scope_of(
    const struct import *imp, const struct str *row, struct lookup_scope *scope)
{
	const struct id_entry *app =
	    id_map_get(&imp->apps, source_number(row[APP]));
	const struct id_entry *role =
	    id_map_get(&imp->roles, source_number(row[ROLE]));
	const struct id_entry *user =
	    id_map_get(&imp->users, source_number(row[USER]));

	if ((source_number(row[APP]) != 0 && app == NULL) ||
	    (source_number(row[ROLE]) != 0 && role == NULL) ||
	    (source_number(row[USER]) != 0 && user == NULL))
		return false;
	*scope = (struct lookup_scope){ 0 };
	if (user != NULL)
		scope->user_id = user->to;
	else if (role != NULL)
		scope->role_id = role->to;
	else if (app != NULL)
		scope->app_id = app->to;
	return true;
}

static enum status
lookup_read(struct import *imp, const struct str *row, struct lookup_record *r,
    struct error *err)
{
	*r = (struct lookup_record){ .name = row[NAME],
		.is_private = source_number(row[PRIVATE]) != 0,
		.description = import_cut(
		    imp, "description", row[DESCRIPTION], DESCRIPTION_MAX) };
	if (laravel_open(&imp->laravel, imp->arena, row[VALUE], &r->value) ==
	    LARAVEL_REFUSED)
		return error_set(err, ST_INVALID,
		    "its value cannot be decrypted: it is damaged, or of "
		    "another APP_KEY");
	if (str_is_null(r->value))
		r->value = STR("");
	if (!scope_of(imp, row, &r->scope))
		return error_set(err, ST_INVALID,
		    "whom it is for, an app, a role or a user, is not here");
	return ST_OK;
}

/* "region of role reader" would need a name of it: the ids tell them apart. */
static struct str
label(struct import *imp, const struct str *row)
{
	const char *kind = row[USER].n > 0   ? "user"
			   : row[ROLE].n > 0 ? "role"
			   : row[APP].n > 0  ? "app"
					     : NULL;
	struct str id = row[USER].n > 0   ? row[USER]
			: row[ROLE].n > 0 ? row[ROLE]
					  : row[APP];
	const struct id_map *map = row[USER].n > 0   ? &imp->users
				   : row[ROLE].n > 0 ? &imp->roles
						     : &imp->apps;
	const struct id_entry *entry = id_map_get(map, source_number(id));

	if (kind == NULL)
		return row[NAME];
	return arena_printf(imp->arena, "%.*s of %s %.*s", STR_ARG(row[NAME]),
	    kind, STR_ARG(entry == NULL ? id : entry->name));
}

static enum status
lookup_take(struct import *imp, const struct str *row, struct error *err)
{
	struct str name = label(imp, row);
	struct lookup_record r;
	struct error why = { 0 };
	enum status st;

	report_begin(&imp->report);
	st = lookup_read(imp, row, &r, &why);
	if (st == ST_OK)
		st =
		    lookup_record_add(imp->db, imp->keys, imp->arena, &r, &why);
	if (st == ST_OK)
		report_brought(&imp->report, "lookup", name);
	else if (st == ST_EXISTS)
		report_present(&imp->report, "lookup", name, "");
	else if (import_may_leave(st))
		report_left(&imp->report, "lookup", name, "%s", why.text);
	else
		return error_set(err, st, "%s", why.text);
	return ST_OK;
}

enum status
import_lookups(struct import *imp, struct error *err)
{
	struct source_rows rows;
	enum status st =
	    source_read(&imp->source, "lookup", COLUMNS, &rows, err);

	for (size_t i = 0; st == ST_OK && i < rows.n; i++)
		st = lookup_take(imp, source_row(&rows, i), err);
	return st;
}
