/*
 * Tags of a database (architecture.md "The response cache"): what an answer
 * depends on, what a write makes outdated. Named by the identity of the
 * database, so two services on one database share them. "*" is in every
 * answer; "?" is in answers whose rows may come from any table.
 */
#ifndef WEIR_SERVICES_DB_DEPENDS_H
#define WEIR_SERVICES_DB_DEPENDS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

#define DEPENDS_MAX 3

struct db_service;
struct db_table;
struct query;

/* Names the tags, once identity and catalogue are known. */
void depends_open(struct db_service *service);

/*
 * Of each table that the query reads, related ones and junctions as well. tags
 * has room for TAGS_MAX; the names live as long as the service. Returns how
 * many there are, or 0 when they are more.
 */
size_t depends_read(
    const struct db_service *service, const struct query *q, struct str *tags);

/* tags has room for DEPENDS_MAX. outdated: the schema is no longer what the
 * catalogue says, so a trigger or a cascade that it does not know may reach any
 * table. */
size_t depends_write(const struct db_service *service,
    const struct db_table *table, bool outdated, struct str *tags);

#endif
