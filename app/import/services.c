/* Services, of the types that are here. */
#include "app/base/arena.h"
#include "app/import/import.h"
#include "app/import/service_members.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

enum cell { ID, NAME, LABEL, DESCRIPTION, ACTIVE, TYPE, CONFIG };

#define COLUMNS "id name label description is_active type config"

/* What both have, and answer under the same name, whatever it is called there:
 * their types, and what that is here. */
static const struct {
	const char *there;
	const char *here;
} built_in[] = {
	{ "system", "system" },
	{ "user", "user" },
	{ "swagger", "api_docs" },
};

/* STR_NULL: it is none of them. */
static struct str
built_in_type(struct str type)
{
	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (str_eq(type, str_of(built_in[i].there)))
			return str_of(built_in[i].here);
	}
	return STR_NULL;
}

/* All that are here, to look them up. */
struct here {
	struct service_record *list;
	size_t n;
};

static const struct service_record *
here_find(const struct here *here, struct str name)
{
	for (size_t i = 0; i < here->n; i++) {
		if (str_eq_nocase(here->list[i].name, name))
			return &here->list[i];
	}
	return NULL;
}

static void
map_put(struct import *imp, const struct str *row, int64_t to, struct str name,
    bool fresh)
{
	id_map_put(
	    &imp->services, &(const struct id_entry){ source_number(row[ID]),
				to, arena_dup(imp->arena, name), fresh });
}

static void
caching_read(struct import *imp, struct service_record *r,
    const struct source_rows *rows, struct str id)
{
	struct error why = { 0 };

	for (size_t i = 0; i < rows->n; i++) {
		const struct str *row = source_row(rows, i);

		if (!str_eq(row[0], id))
			continue;
		r->cache_enabled = source_number(row[1]) != 0;
		r->cache_ttl = source_number(row[2]);
	}
	if (r->cache_ttl < 0 || r->cache_ttl > CACHE_TTL_MAX)
		r->cache_ttl = 0;
	if (!r->cache_enabled)
		return;
	if (service_caching_check(r->type, r->config, true, &why) != ST_OK) {
		report_note(
		    &imp->report, "its answers are not cached: %s", why.text);
		r->cache_enabled = false;
	} else if (r->cache_ttl == 0) {
		report_note(
		    &imp->report, "cache_ttl 0 is CACHE_DEFAULT_TTL here");
	}
}

static enum status
config_make(struct import *imp, struct service_record *r, const struct str *row,
    struct error *err)
{
	const struct service_type *type = service_type_find(r->type);
	const struct config_owner owner = { r->name, type };
	struct config_given given = { .type = r->type };
	enum status st =
	    service_members_read(imp, type, row[ID], row[CONFIG], &given, err);

	if (st == ST_OK)
		st = service_config_make(imp->arena, &given, &r->config, err);
	return st == ST_OK
		   ? config_seal(imp->arena, imp->keys, &owner, &r->config, err)
		   : st;
}

static struct str
lower_name(struct import *imp, struct str name)
{
	struct str lower =
	    lower_case(name, arena_alloc(imp->arena, name.n + 1), name.n);

	if (!str_eq(lower, name))
		report_note(&imp->report,
		    "its name is in lower case; URLs with \"%.*s\" lead to it "
		    "as before",
		    STR_ARG(name));
	return lower;
}

static enum status
service_bring(struct import *imp, const struct str *row,
    const struct source_rows *caching, struct error *err)
{
	struct service_record r = {
		.name = lower_name(imp, row[NAME]),
		.label = import_cut(imp, "label", row[LABEL], LABEL_MAX),
		.description =
		    import_cut(imp, "description", row[DESCRIPTION], 255),
		.type = row[TYPE],
		.active = source_number(row[ACTIVE]) != 0,
	};
	struct error why = { 0 };
	enum status st = config_make(imp, &r, row, &why);

	if (st == ST_OK)
		caching_read(imp, &r, caching, row[ID]);
	if (st == ST_OK)
		st = service_record_add(imp->db, &r, &why);
	if (st == ST_OK) {
		map_put(imp, row, r.id, r.name, true);
		report_brought(&imp->report, "service", r.name);
		return ST_OK;
	}
	if (!import_may_leave(st))
		return error_set(err, st, "%s", why.text);
	report_left(&imp->report, "service", row[NAME], "%s", why.text);
	return ST_OK;
}

static enum status
service_take(struct import *imp, const struct str *row, const struct here *here,
    const struct source_rows *caching, struct error *err)
{
	struct str own = built_in_type(row[TYPE]);
	const struct service_record *r = here_find(here, row[NAME]);

	report_begin(&imp->report);
	if (r != NULL && str_eq(r->type, str_is_null(own) ? row[TYPE] : own)) {
		map_put(imp, row, r->id, r->name, false);
		report_present(&imp->report, "service", row[NAME], "");
	} else if (!str_is_null(own)) {
		report_present(&imp->report, "service", row[NAME], "built in");
	} else if (r != NULL) {
		report_left(&imp->report, "service", row[NAME],
		    "a service of type %.*s has that name here",
		    STR_ARG(r->type));
	} else if (service_type_find(row[TYPE]) == NULL) {
		report_left(&imp->report, "service", row[NAME],
		    "there is no type %.*s here", STR_ARG(row[TYPE]));
	} else {
		return service_bring(imp, row, caching, err);
	}
	return ST_OK;
}

enum status
import_services(struct import *imp, struct error *err)
{
	struct source_rows rows, caching = { 0 };
	struct here here = { 0 };
	enum status st =
	    source_read(&imp->source, "service", COLUMNS, &rows, err);

	id_map_init(&imp->services, imp->arena, rows.n);
	if (st == ST_OK)
		st = source_read(&imp->source, "service_cache_config",
		    "service_id cache_enabled cache_ttl", &caching, err);
	if (st == ST_OK)
		st = service_records_list(
		    imp->db, imp->arena, &here.list, &here.n, err);
	for (size_t i = 0; st == ST_OK && i < rows.n; i++)
		st = service_take(
		    imp, source_row(&rows, i), &here, &caching, err);
	return st;
}
