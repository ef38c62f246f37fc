/*
 * Which tables a write reaches through foreign keys: a change of a row may
 * change rows that refer to it (ON DELETE and ON UPDATE CASCADE, SET NULL, SET
 * DEFAULT), and theirs in turn.
 */
#ifndef WEIR_SERVICES_DB_CASCADES_H
#define WEIR_SERVICES_DB_CASCADES_H

#include <stdbool.h>
#include <stddef.h>

struct db_service;
struct db_table;

/* What reaches more tables reaches all. */
#define CASCADE_MAX 12

struct cascade {
	const struct db_table *tables[CASCADE_MAX]; /* not itself, each once */
	size_t n;
	bool beyond; /* it may reach any table, as with a trigger */
};

/* Makes service->cascades, beside the tables of its catalogue: NULL for one to
 * which no key cascades. */
void cascades_open(struct db_service *service);

#endif
