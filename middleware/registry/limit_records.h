/* Rate limits in the system database; service_records.h says what all records
 * have in common. */
#ifndef WEIR_LIMIT_RECORDS_H
#define WEIR_LIMIT_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/snapshot.h"

struct arena;
struct system_db;

struct limit_record {
	int64_t id; /* set by an add, as are the ids below and key_text */
	struct str name;
	struct str description; /* STR_NULL: none */
	enum limit_type type;
	int64_t rate;    /* 1 to CACHE_COUNT_MAX */
	uint32_t period; /* seconds */
	enum cache_algorithm algorithm;
	int64_t burst; /* of CACHE_GCRA: 1 to rate, 0: the rate */
	bool lockout;
	/* Where the type is about one: which; STR_NULL and 0: none, or, with
	 * an app in the type, each of them on its own. */
	struct str app_name, user_email, role_name, service_name;
	int64_t app_id, user_id, role_id, service_id;
	struct str endpoint; /* a resource's path, or what it begins with
			      * before a "*" */
	unsigned verb_mask;  /* one verb, 0: every verb */
	bool dry_run;        /* counts, and refuses nobody */
	bool active;
	struct str key_text; /* only of those listed */
};

/*
 * ST_INVALID as limit_record_check() says, ST_MISSING for a name of nothing.
 * ST_EXISTS for a name in use and for a second limit on the same thing, verb
 * and period. Slashes at the endpoint's ends go.
 */
enum status limit_record_add(
    struct system_db *db, struct limit_record *record, struct error *err);

/* Changes a record, all but its id; any status but ST_OK leaves it as it is. */
typedef enum status limit_edit_f(
    void *ctx, struct limit_record *record, struct error *err);

/*
 * Lets `edit` change the limit of that name, while nobody else can, and checks
 * what comes out as limit_record_add() does. *out is the record then, its
 * texts in the arena or the caller's.
 */
enum status limit_record_set(struct system_db *db, struct arena *arena,
    struct str name, limit_edit_f *edit, void *ctx, struct limit_record *out,
    struct error *err);

enum status limit_record_remove(
    struct system_db *db, struct str name, struct error *err);

/* All of them, sorted by name. */
enum status limit_records_list(struct system_db *db, struct arena *arena,
    struct limit_record **out, size_t *n, struct error *err);

#endif
