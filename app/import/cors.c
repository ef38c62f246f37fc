/* CORS records. One that is here is known by its path. */
#include "app/import/import.h"
#include "middleware/registry/cors_records.h"
#include "middleware/registry/cors_rules.h"
#include "middleware/registry/words.h"

enum cell {
	ID,
	PATH,
	DESCRIPTION,
	ORIGIN,
	HEADER,
	EXPOSED,
	MAX_AGE,
	METHOD,
	CREDENTIALS,
	ENABLED
};

#define COLUMNS                                                                \
	"id path description origin header exposed_header max_age method "     \
	"supports_credentials enabled"

#define METHODS_KNOWN 127

static enum status
cors_bring(struct import *imp, const struct str *row, struct error *err)
{
	unsigned methods = (unsigned)source_number(row[METHOD]);
	struct cors_record r = { .path = row[PATH],
		.description = import_cut(
		    imp, "description", row[DESCRIPTION], DESCRIPTION_MAX),
		.origin = row[ORIGIN],
		.header = row[HEADER],
		.exposed_header = row[EXPOSED],
		.max_age = source_number(row[MAX_AGE]),
		.verb_mask = methods & METHODS_KNOWN,
		.credentials = source_number(row[CREDENTIALS]) != 0,
		.enabled = source_number(row[ENABLED]) != 0 };
	struct error why = { 0 };
	enum status st;

	if (methods > METHODS_KNOWN)
		report_note(
		    &imp->report, "without methods that are not known here");
	if (r.credentials && cors_origins_any(r.origin)) {
		r.credentials = false;
		report_note(&imp->report,
		    "without credentials, which any page would have");
	}
	st = cors_record_add(imp->db, &r, &why);
	if (st == ST_OK)
		report_brought(&imp->report, "cors", row[PATH]);
	else if (st == ST_EXISTS)
		report_present(&imp->report, "cors", row[PATH], "");
	else if (import_may_leave(st))
		report_left(&imp->report, "cors", row[PATH], "%s", why.text);
	else
		return error_set(err, st, "%s", why.text);
	return ST_OK;
}

enum status
import_cors(struct import *imp, struct error *err)
{
	struct source_rows rows;
	enum status st =
	    source_read(&imp->source, "cors_config", COLUMNS, &rows, err);

	for (size_t i = 0; st == ST_OK && i < rows.n; i++) {
		report_begin(&imp->report);
		st = cors_bring(imp, source_row(&rows, i), err);
	}
	return st;
}
