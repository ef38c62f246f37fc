/*
 * What clients see of a record of the system database: configs as objects with
 * secrets masked, periods and verbs in words, and members that no column holds.
 * It is made of the answer of the data API, whatever depth records stand at.
 */
#ifndef WEIR_SERVICES_SYSTEM_SHOW_H
#define WEIR_SERVICES_SYSTEM_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/str.h"

struct arena;
struct buf;
struct db_table;
struct limit_counters;
struct system_tables;

#define SECRET_MASK "**********" /* in place of a secret */

/* A key in clear, which only the answer that made it shows. */
struct shown_key {
	int64_t app_id;
	struct str key;
};

struct show {
	struct arena *arena;
	const struct system_tables *tables;
	int64_t wall_ms; /* Unix time */
	/* Members of the records of the call itself, NULL: all. What is
	 * related has been chosen already, but for `always`. */
	const struct str *fields;
	size_t n_fields;
	bool shows_always; /* it was asked for */
	/* Of the limits that are shown; NULL: not asked for. */
	const struct limit_counters *counters;
	const struct shown_key *keys;
	size_t n_keys;
};

/* The answer of a list or of one record; what is neither stays as it is. */
void show_list(const struct show *s, const struct db_table *table,
    struct json answer, struct buf *out);
void show_record(const struct show *s, const struct db_table *table,
    struct json record, struct buf *out);

/* The relation that records of the table are always read with, since a member
 * is made of it; STR_NULL: none. */
struct str show_always(const struct db_table *table);

/* Has a record a member of that name that may be asked for in fields? */
bool show_has(const struct db_table *table, struct str name);

/* Is the member of a service's config one that is masked? Of an unknown type,
 * each is. */
bool show_is_secret(struct str type, struct str member);

#endif
