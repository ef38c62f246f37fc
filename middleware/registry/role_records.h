/* Roles and their access rows in the system database; service_records.h says
 * what all records have in common. */
#ifndef WEIR_ROLE_RECORDS_H
#define WEIR_ROLE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/system_db.h"

struct arena;

/* A row of role_service_access. */
struct access_record {
	int64_t role_id;
	int64_t service_id;      /* 0: all services */
	struct str service_name; /* STR_NULL: all services */
	struct str component;    /* without slashes at its ends */
	unsigned verb_mask;
	unsigned requestor_mask;
	struct str filters; /* JSON text, or STR_NULL */
	struct str filter_op;
};

struct role_record {
	int64_t id; /* set by an add */
	struct str name;
	struct str description;
	bool active;
	struct access_record *rows; /* in the order they were granted */
	size_t n_rows;
	struct str
	    place; /* where it is declared (declared.h), STR_NULL: here */
};

enum status role_record_add(
    struct system_db *db, struct role_record *record, struct error *err);

/* What is STR_NULL or FLIP_KEEP stays. */
struct role_change {
	struct str name;
	struct str description;
	enum flip active;
};

/* ST_EXISTS when the new name is another role's. */
enum status role_record_set(struct system_db *db, struct str name,
    const struct role_change *change, struct error *err);

/* Its rows, limits and lookups go with it. ST_INVALID while apps or users act
 * with it. */
enum status role_record_remove(
    struct system_db *db, struct str name, struct error *err);

/* All of them, sorted by name. */
enum status role_records_list(struct system_db *db, struct arena *arena,
    struct role_record **out, size_t *n, struct error *err);

#endif
