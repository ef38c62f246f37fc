/* What audit.h wrote, in the system database. */
#ifndef WEIR_AUDIT_RECORDS_H
#define WEIR_AUDIT_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

struct audit_record {
	int64_t id;
	struct str at;    /* UTC */
	int64_t actor_id; /* 0: not a user of the platform */
	struct str actor;
	struct str source;
	struct str resource;
	int64_t record_id;
	struct str action; /* create, update, delete */
	struct str before; /* JSON; STR_NULL: it was made */
	struct str after;  /* JSON; STR_NULL: it was removed */
};

/* The latest of that resource, or with STR_NULL of all, the newest first, at
 * most max. Texts live in the arena. */
enum status audit_records_list(struct system_db *db, struct arena *arena,
    struct str resource, int64_t max, struct audit_record **out, size_t *n,
    struct error *err);

/* Removes what was written before that moment (Unix time); *n is how many. */
enum status audit_records_prune(
    struct system_db *db, int64_t before_ms, int64_t *n, struct error *err);

#endif
