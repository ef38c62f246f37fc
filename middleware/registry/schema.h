/* The steps that migrations.c runs, in order; a step is never changed. */
#ifndef WEIR_SCHEMA_H
#define WEIR_SCHEMA_H

#include <stdint.h>

#include "middleware/registry/migrations.h"

struct system_db;

/* A script, a function, or both in this order. */
struct schema_step {
	int64_t number;
	const char *sql;
	enum status (*fill)(
	    struct system_db *db, const uint8_t *pepper, struct error *err);
};

/* Numbers 1 to MIGRATION_NEWEST. */
extern const struct schema_step schema_steps[MIGRATION_NEWEST];

#endif
