/* Roles, and what they may do: see role_rows.h. */
#include "app/base/arena.h"
#include "app/import/import.h"
#include "app/import/role_rows.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/words.h"

enum cell { ID, NAME, DESCRIPTION, ACTIVE };

static void
map_put(struct import *imp, const struct str *row, int64_t to, bool fresh)
{
	id_map_put(
	    &imp->roles, &(const struct id_entry){
			     source_number(row[ID]), to, row[NAME], fresh });
}

/* A role of which a row is missing that restricts it might do more than it
 * could: nobody acts with it until somebody has looked. */
static enum status
switch_off(struct import *imp, struct str name, struct error *err)
{
	const struct role_change change = { .active = FLIP_OFF };

	report_note(&imp->report,
	    "it is switched off: a row that restricts it could not be "
	    "brought; look at it, then `weir role set --active yes`");
	return role_record_set(imp->db, name, &change, err);
}

static enum status
role_bring(struct import *imp, const struct str *row,
    const struct source_rows *rows, struct error *err)
{
	struct role_record r = { .name = row[NAME],
		.description = import_cut(
		    imp, "description", row[DESCRIPTION], DESCRIPTION_MAX),
		.active = source_number(row[ACTIVE]) != 0 };
	bool is_wider = false;
	struct error why = { 0 };
	enum status st = role_record_add(imp->db, &r, &why);

	if (import_may_leave(st)) {
		report_left(&imp->report, "role", row[NAME], "%s", why.text);
		return ST_OK;
	}
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	map_put(imp, row, r.id, true);
	report_brought(&imp->report, "role", row[NAME]);
	st = role_rows_bring(imp, row[NAME], row[ID], rows, &is_wider, err);
	if (st != ST_OK || !is_wider)
		return st;
	report_begin(&imp->report);
	st = switch_off(imp, row[NAME], err);
	report_brought(&imp->report, "role", row[NAME]);
	return st;
}

static enum status
role_take(struct import *imp, const struct str *row,
    const struct source_rows *rows, struct error *err)
{
	struct error why = { 0 };
	int64_t id = 0;
	enum status st = lookup_id(imp->db, NOUN_ROLE, row[NAME], &id, &why);

	report_begin(&imp->report);
	if (st == ST_MISSING)
		return role_bring(imp, row, rows, err);
	if (st == ST_OK) {
		map_put(imp, row, id, false);
		report_present(&imp->report, "role", row[NAME], "");
	} else if (st == ST_INVALID) {
		report_left(&imp->report, "role", row[NAME], "%s", why.text);
	} else {
		return error_set(err, st, "%s", why.text);
	}
	return ST_OK;
}

enum status
import_roles(struct import *imp, struct error *err)
{
	struct source_rows roles, rows = { 0 };
	enum status st = source_read(
	    &imp->source, "role", "id name description is_active", &roles, err);

	id_map_init(&imp->roles, imp->arena, roles.n);
	if (st == ST_OK)
		st = source_read(&imp->source, "role_service_access",
		    ROLE_ROW_COLUMNS, &rows, err);
	for (size_t i = 0; st == ST_OK && i < roles.n; i++)
		st = role_take(imp, source_row(&roles, i), &rows, err);
	return st;
}
