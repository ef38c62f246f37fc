/* Apps in the system database; service_records.h says what all records have
 * in common. An app is made with its first key: see key_records.h. */
#ifndef WEIR_APP_RECORDS_H
#define WEIR_APP_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/system_db.h"

struct arena;

struct app_record {
	int64_t id;
	struct str name;
	struct str description;
	bool active;
	int64_t role_id;      /* 0: none */
	struct str role_name; /* STR_NULL: none */
	int64_t keys;         /* that are not revoked */
	struct str
	    place; /* where it is declared (declared.h), STR_NULL: here */
};

/* All of them, sorted by name. */
enum status app_records_list(struct system_db *db, struct arena *arena,
    struct app_record **out, size_t *n, struct error *err);

/* Without keys. The name of its role, when it has one, is looked up; its id is
 * set. ST_EXISTS when another has the name. */
enum status app_record_add(
    struct system_db *db, struct app_record *record, struct error *err);

/* What is STR_NULL or FLIP_KEEP stays. */
struct app_change {
	struct str name;
	struct str description;
	struct str role;
	bool no_role; /* then role is STR_NULL */
	enum flip active;
};

/* ST_EXISTS when the new name is another app's. */
enum status app_record_set(struct system_db *db, struct str name,
    const struct app_change *change, struct error *err);

/* Its keys, its limits, its lookups and the roles of users in it go along. */
enum status app_record_remove(
    struct system_db *db, struct str name, struct error *err);

#endif
