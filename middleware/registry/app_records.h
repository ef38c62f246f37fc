/* Apps in the system database; service_records.h says what all records have
 * in common. An app is made with its first key: see key_records.h. */
#ifndef WEIR_APP_RECORDS_H
#define WEIR_APP_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

struct app_record {
	int64_t id;
	struct str name;
	bool active;
	int64_t role_id; /* 0: none */
};

/* All of them, sorted by name. */
enum status app_records_list(struct system_db *db, struct arena *arena,
    struct app_record **out, size_t *n, struct error *err);

#endif
