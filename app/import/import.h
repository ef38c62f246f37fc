/*
 * Bringing the records of another platform here, part by part of one write:
 * what cannot be brought is left, with the reason, and what is here already
 * stays as it is here, with all that belongs to it.
 */
#ifndef WEIR_IMPORT_IMPORT_H
#define WEIR_IMPORT_IMPORT_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "app/import/id_map.h"
#include "app/import/laravel.h"
#include "app/import/report.h"
#include "app/import/source.h"

struct app_keys;
struct arena;
struct system_db;

struct import {
	struct arena *arena;
	struct system_db *db;
	const struct app_keys *keys;
	struct source source;
	struct laravel laravel; /* what its secrets are encrypted with */
	struct str sqlite_dir;  /* of its SQLite files, or STR_NULL */
	struct import_report report;
	struct id_map services, roles, apps, users;
};

/*
 * Reads a system database of DreamFactory 7 and writes all of it, or with
 * dry_run nothing; the report says what was, or would have been, done. Nothing
 * new is no write. ST_INVALID, and nothing is written: its APP_KEY is missing
 * or not this.
 */
enum status import_dreamfactory(
    struct import *imp, bool dry_run, struct error *err);

/* Is it about the record alone? Any other status ends the import. */
bool import_may_leave(enum status st);

/* At most max bytes of UTF-8; says so when it had more. */
struct str import_cut(
    struct import *imp, const char *what, struct str text, size_t max);

/* The parts, in their order; what they need has been brought before. */
enum status import_services(struct import *imp, struct error *err);
enum status import_roles(struct import *imp, struct error *err);
enum status import_apps(struct import *imp, struct error *err);
enum status import_users(struct import *imp, struct error *err);
enum status import_limits(struct import *imp, struct error *err);
enum status import_cors(struct import *imp, struct error *err);
enum status import_lookups(struct import *imp, struct error *err);
enum status import_rest(struct import *imp, struct error *err);

#endif
