/*
 * Services as they stand in the system database. As in the other files of
 * records: each function that changes one runs in a transaction of its own
 * and steps the registry's version; texts of a record read live in the arena;
 * ST_EXISTS and ST_MISSING come with a sentence that says what to do.
 */
#ifndef WEIR_SERVICE_RECORDS_H
#define WEIR_SERVICE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

#define LABEL_MAX 80 /* bytes */

struct service_record {
	int64_t id;      /* set by an add */
	struct str name; /* lower case */
	struct str label;
	struct str description;
	struct str type;
	struct str config; /* JSON text, see service_config_make();
			    * its secrets are sealed, see config_seal.h */
	bool active;
	bool cache_enabled;
	int64_t cache_ttl; /* seconds, 0: CACHE_DEFAULT_TTL */
	struct str
	    place; /* where it is declared (declared.h), STR_NULL: here */
};

/* The name is stored in lower case, whatever case it is given in. ST_EXISTS
 * for a second service of a type that is single, too. */
enum status service_record_add(
    struct system_db *db, struct service_record *record, struct error *err);

/* Its rows in roles and its limits go with it. ST_INVALID for one of those that
 * there are from the start. */
enum status service_record_remove(
    struct system_db *db, struct str name, struct error *err);

/* All of them, sorted by name. */
enum status service_records_list(struct system_db *db, struct arena *arena,
    struct service_record **out, size_t *n, struct error *err);

#endif
