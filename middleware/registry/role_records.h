/* Roles and their access rows in the system database; service_records.h says
 * what all records have in common. */
#ifndef WEIR_ROLE_RECORDS_H
#define WEIR_ROLE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

#define COMPONENT_MAX 255 /* bytes */

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
};

enum status role_record_add(
    struct system_db *db, struct role_record *record, struct error *err);

/* A grant: what a role may do on a component of a service. */
struct grant_order {
	struct str role;
	struct str service;   /* "*": all services */
	struct str component; /* "" the root, "*" all, "x*" what begins so */
	unsigned verb_mask;   /* 0 on an exact component: denied */
};

/*
 * Adds the row, or sets the verbs of the one that stands there already, which
 * is *changed then. ST_INVALID for a component that could never match.
 */
enum status role_record_grant(struct system_db *db,
    const struct grant_order *order, bool *changed, struct error *err);

/* All of them, sorted by name. */
enum status role_records_list(struct system_db *db, struct arena *arena,
    struct role_record **out, size_t *n, struct error *err);

#endif
