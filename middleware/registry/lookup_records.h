/*
 * Lookups in the system database: texts that filters and configs of services
 * name as {name} (dreamfactory.md 3.4). service_records.h says what all records
 * have in common. One that is private stands there sealed. Sessions remember
 * those of their user: around a change of them goes session_forget().
 */
#ifndef WEIR_LOOKUP_RECORDS_H
#define WEIR_LOOKUP_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/system_db.h"

struct app_keys;
struct arena;

#define LOOKUP_NAME_MAX  64
#define LOOKUP_VALUE_MAX 4096 /* bytes of one that is set */
#define LOOKUPS_MAX      1000 /* of one scope */
/* Of a user: each session has a copy of them in the session store. */
#define LOOKUPS_OF_USER_MAX 100

/* For whom it is: at most one of them is not 0. */
struct lookup_scope {
	int64_t app_id;
	int64_t role_id;
	int64_t user_id;
};

struct lookup_record {
	int64_t id; /* set by an add */
	struct str name;
	struct str value; /* as it is stored: sealed when private */
	bool is_private;
	struct str description;
	struct lookup_scope scope;
	/* of the scope; STR_NULL for what it is not about */
	struct str app_name;
	struct str role_name;
	struct str user_email;
};

/*
 * The value comes in clear, and when it is private becomes what it is sealed
 * to under the first of the keys, in the arena. ST_EXISTS when the scope has
 * one of that name.
 */
enum status lookup_record_add(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, struct lookup_record *record, struct error *err);

/* What is STR_NULL or FLIP_KEEP stays. */
struct lookup_change {
	struct str name;
	struct str value; /* in clear */
	struct str description;
	enum flip is_private; /* to make it public takes a new value */
};

/* The name and the scope of *record say which; it becomes what is stored. */
enum status lookup_record_set(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, const struct lookup_change *change,
    struct lookup_record *record, struct error *err);

enum status lookup_record_remove(struct system_db *db, struct str name,
    const struct lookup_scope *scope, struct error *err);

/* All of them: those of the system, of apps, of roles, of users, each by
 * their names. */
enum status lookup_records_list(struct system_db *db, struct arena *arena,
    struct lookup_record **out, size_t *n, struct error *err);

/* The value in clear, which the caller wipes when it is private; false when
 * none of the keys opens it. */
bool lookup_record_value(struct arena *arena, const struct app_keys *keys,
    const struct lookup_record *record, struct str *clear);

/* Seals those that an earlier of the keys sealed under the first; *renewed
 * grows by how many there were. Part of a transaction. */
enum status lookup_records_reseal(struct system_db *db,
    const struct app_keys *keys, struct arena *arena, size_t *renewed,
    struct error *err);

/* Letters, digits, "_", "-" and "."; not what a built-in one begins with. */
enum status lookup_name_check(struct str name, struct error *err);

#endif
