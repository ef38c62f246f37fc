/* cache_ttl_by_table of a service: tables whose answers are cached for a time
 * of their own. */
#ifndef WEIR_SERVICES_DB_TABLE_TTL_H
#define WEIR_SERVICES_DB_TABLE_TTL_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct db_service;

#define TABLE_TTLS_MAX 1000

/* Of a table that has none of its own. */
#define TABLE_TTL_UNSET UINT32_MAX

struct table_ttl {
	struct str table; /* as given */
	uint32_t ttl;     /* seconds; 0: not cached */
};

struct table_ttls {
	const struct table_ttl *list;
	size_t n;
};

/* "orders=10, countries=86400"; an empty text names none. The list lives in the
 * arena, names are views of the text. ST_INVALID says what is wrong. */
enum status table_ttls_read(struct arena *arena, struct str text,
    struct table_ttls *out, struct error *err);

/* Makes service->table_ttl of its list and its catalogue. The first name that
 * no table has, or STR_NULL: a table may be made later. */
struct str table_ttls_apply(struct db_service *service);

#endif
