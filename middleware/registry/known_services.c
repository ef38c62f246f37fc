#include "middleware/registry/known_services.h"

#include "middleware/registry/system_db.h"

static const struct {
	const char *name; /* and type */
	const char *label;
	const char *config;
} known[] = {
	{ "system", "System Management", "{}" },
	{ "user", "User Management", "{\"allow_open_registration\":false}" },
	{ "api_docs", "API Docs", "{}" },
};

#define KNOWN (sizeof(known) / sizeof(known[0]))
#define DOCS  2 /* the place of the last, which came later */

static enum status
service_add(struct system_db *db, size_t i, struct error *err)
{
	char now[DATE_BYTES];
	int64_t id;
	enum status st;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(str_of(known[i].name)),
		bind_text(str_of(known[i].label)),
		bind_text(str_of(known[i].name)),
		bind_text(str_of(known[i].config)), bind_text(str_of(now)),
		bind_text(str_of(now)) };
	struct db_stmt stmt = DB_STMT(
	    "INSERT INTO service (name, label, type, config, created_date,"
	    " last_modified_date) VALUES (?, ?, ?, ?, ?, ?)",
	    args);

	st = system_db_insert(db, &stmt, &id, err);
	return st == ST_EXISTS ? ST_OK : st;
}

enum status
known_services_add(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	enum status st = ST_OK;

	(void)keys; /* nothing secret is stored */
	for (size_t i = 0; i < DOCS; i++) {
		if (st == ST_OK)
			st = service_add(db, i, err);
	}
	return st;
}

enum status
known_docs_add(
    struct system_db *db, const struct app_keys *keys, struct error *err)
{
	(void)keys;
	return service_add(db, DOCS, err);
}

bool
known_service(struct str name)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (str_eq_nocase(name, str_of(known[i].name)))
			return true;
	}
	return false;
}
