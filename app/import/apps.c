/* Apps with their keys. One that is here is known by its key, else by its
 * name. */
#include "app/base/arena.h"
#include "app/import/import.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/app_records.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/words.h"

enum cell { ID, NAME, KEY, DESCRIPTION, ACTIVE, ROLE, TYPE };

#define COLUMNS "id name api_key description is_active role_id type"

static void
map_put(struct import *imp, const struct str *row, int64_t to, struct str name,
    bool fresh)
{
	id_map_put(&imp->apps, &(const struct id_entry){
				   source_number(row[ID]), to, name, fresh });
}

struct found {
	struct arena *arena;
	int64_t id;
	struct str name;
};

static enum status
found_take(void *ctx, const struct db_value *v, size_t n)
{
	struct found *found = ctx;

	(void)n; /* as many as the statement names */
	found->id = value_i64(&v[0]);
	found->name = value_text(found->arena, &v[1]);
	return ST_OK;
}

/* found->id stays 0 when no app here has the key, not even a revoked one. */
static enum status
key_find(
    struct import *imp, struct str key, struct found *found, struct error *err)
{
	uint8_t hash[SECRET_HASH_BYTES];
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < imp->keys->n; i++) {
		struct db_value args[] = { bind_blob(hash, sizeof(hash)) };
		struct db_stmt stmt =
		    DB_STMT("SELECT a.id, a.name FROM app_key k"
			    " JOIN app a ON a.id = k.app_id WHERE k.hash = ?",
			args);

		secret_hash(imp->keys->pepper[i], key, hash);
		st = system_db_run(imp->db, &stmt, found_take, found, err);
	}
	return st;
}

static enum status
key_bring(struct import *imp, const struct str *row, struct error *err)
{
	const struct key_order order = { .app = row[NAME],
		.key = row[KEY],
		.pepper = imp->keys->pepper[0] };
	struct error why = { 0 };
	enum status st = key_record_add(imp->db, &order, &why);

	/* What it says never holds the key. */
	if (import_may_leave(st))
		report_note(&imp->report, "without its key: %s", why.text);
	else if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	return ST_OK;
}

static enum status
app_bring(struct import *imp, const struct str *row, struct error *err)
{
	const struct id_entry *role =
	    id_map_get(&imp->roles, source_number(row[ROLE]));
	struct app_record r = { .name = row[NAME],
		.description = import_cut(
		    imp, "description", row[DESCRIPTION], DESCRIPTION_MAX),
		.active = source_number(row[ACTIVE]) != 0,
		.role_name = role == NULL ? STR_NULL : role->name };
	struct error why = { 0 };
	enum status st = app_record_add(imp->db, &r, &why);

	if (role == NULL && source_number(row[ROLE]) != 0)
		report_note(&imp->report, "its role is not here");
	if (source_number(row[TYPE]) != 0)
		report_note(&imp->report, "its pages are not served here");
	if (st == ST_OK && row[KEY].n > 0)
		st = key_bring(imp, row, &why);
	if (st == ST_OK) {
		map_put(imp, row, r.id, row[NAME], true);
		report_brought(&imp->report, "app", row[NAME]);
		return ST_OK;
	}
	if (!import_may_leave(st))
		return error_set(err, st, "%s", why.text);
	report_left(&imp->report, "app", row[NAME], "%s", why.text);
	return ST_OK;
}

/* The name is one of an app here, with other keys. */
static void
name_present(struct import *imp, const struct str *row, int64_t id)
{
	map_put(imp, row, id, row[NAME], false);
	if (key_record_check(row[KEY], NULL) != ST_OK)
		report_present(&imp->report, "app", row[NAME], "");
	else
		report_left(&imp->report, "app", row[NAME],
		    "an app has that name here, without the key of this one: "
		    "`weir key add` gives it one more");
}

static enum status
app_take(struct import *imp, const struct str *row, struct error *err)
{
	struct found found = { .arena = imp->arena };
	struct error why = { 0 };
	int64_t id = 0;
	enum status st = ST_OK;

	report_begin(&imp->report);
	if (row[KEY].n > 0)
		st = key_find(imp, row[KEY], &found, err);
	if (st != ST_OK)
		return st;
	if (found.id != 0) {
		map_put(imp, row, found.id, found.name, false);
		report_present(&imp->report, "app", row[NAME], "");
		return ST_OK;
	}
	st = lookup_id(imp->db, NOUN_APP, row[NAME], &id, &why);
	if (st == ST_MISSING)
		return app_bring(imp, row, err);
	if (st == ST_OK)
		name_present(imp, row, id);
	else if (st == ST_INVALID)
		report_left(&imp->report, "app", row[NAME], "%s", why.text);
	else
		return error_set(err, st, "%s", why.text);
	return ST_OK;
}

enum status
import_apps(struct import *imp, struct error *err)
{
	struct source_rows rows;
	enum status st = source_read(&imp->source, "app", COLUMNS, &rows, err);

	id_map_init(&imp->apps, imp->arena, rows.n);
	for (size_t i = 0; st == ST_OK && i < rows.n; i++)
		st = app_take(imp, source_row(&rows, i), err);
	return st;
}
