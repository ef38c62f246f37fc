/* Rate limits. */
#include "app/import/import.h"
#include "middleware/registry/limit_check.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/words.h"

enum cell {
	ID,
	TYPE,
	RATE,
	PERIOD,
	USER,
	ROLE,
	SERVICE,
	ENDPOINT,
	NAME,
	DESCRIPTION,
	ACTIVE,
	VERB
};

#define COLUMNS                                                                \
	"id type rate period user_id role_id service_id endpoint name "        \
	"description is_active verb"

/* The name here of what it is about; false when that is not here. */
static bool
part_of(const struct id_map *map, struct str cell, struct str *name)
{
	const struct id_entry *entry = id_map_get(map, source_number(cell));

	*name = entry == NULL ? STR_NULL : entry->name;
	return entry != NULL || source_number(cell) == 0;
}

static enum status
parts_read(struct import *imp, const struct str *row, struct limit_record *r,
    struct error *err)
{
	const struct limit_scope *scope = limit_scope(r->type);

	if ((part_of(&imp->users, row[USER], &r->user_email) || !scope->user) &&
	    (part_of(&imp->roles, row[ROLE], &r->role_name) || !scope->role) &&
	    (part_of(&imp->services, row[SERVICE], &r->service_name) ||
		!scope->service)) {
		limit_record_trim(r);
		return ST_OK;
	}
	return error_set(err, ST_INVALID,
	    "what it is about, a user, a role or a service, is not here");
}

static enum status
limit_read(struct import *imp, const struct str *row, struct limit_record *r,
    struct error *err)
{
	enum status st;

	*r = (struct limit_record){
		.name = import_cut(imp, "name", row[NAME], RECORD_NAME_MAX),
		.description = import_cut(
		    imp, "description", row[DESCRIPTION], DESCRIPTION_MAX),
		.endpoint = row[ENDPOINT],
		.rate = source_number(row[RATE]),
		.active = source_number(row[ACTIVE]) != 0,
	};
	st = limit_type_parse(row[TYPE], &r->type, NULL);
	if (st != ST_OK)
		return error_set(err, ST_INVALID,
		    "there are no limits of type %.*s here",
		    STR_ARG(row[TYPE]));
	st = parts_read(imp, row, r, err);
	if (st == ST_OK)
		st = period_parse_sent(str_trim(row[PERIOD]), &r->period, err);
	return st == ST_OK ? limit_verb_parse(row[VERB], &r->verb_mask, err)
			   : st;
}

static enum status
limit_take(struct import *imp, const struct str *row, struct error *err)
{
	struct limit_record r;
	struct error why = { 0 };
	int64_t id;
	enum status st;

	report_begin(&imp->report);
	st = limit_read(imp, row, &r, &why);
	if (st == ST_OK &&
	    lookup_id(imp->db, NOUN_LIMIT, r.name, &id, NULL) == ST_OK) {
		report_present(&imp->report, "limit", r.name, "");
		return ST_OK;
	}
	if (st == ST_OK)
		st = limit_record_add(imp->db, &r, &why);
	if (st == ST_OK)
		report_brought(&imp->report, "limit", r.name);
	else if (import_may_leave(st))
		report_left(&imp->report, "limit", row[NAME], "%s", why.text);
	else
		return error_set(err, st, "%s", why.text);
	return ST_OK;
}

enum status
import_limits(struct import *imp, struct error *err)
{
	struct source_rows rows;
	enum status st =
	    source_read(&imp->source, "limits", COLUMNS, &rows, err);

	for (size_t i = 0; st == ST_OK && i < rows.n; i++)
		st = limit_take(imp, source_row(&rows, i), err);
	return st;
}
