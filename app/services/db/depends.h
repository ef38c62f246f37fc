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
#include <stdint.h>

#include "app/base/str.h"

struct db_service;
struct db_table;
struct query;
struct table_call;

/* Names the tags, once identity and catalogue are known. */
void depends_open(struct db_service *service);

/* Of the answers that a table is in: those of views have one in common. */
struct str depends_table(
    const struct db_service *service, const struct db_table *table);

/*
 * Of each table that the query reads, related ones and junctions as well. tags
 * has room for TAGS_MAX; the names live as long as the service. Returns how
 * many there are, or 0 when they are more. *ttl: how many seconds an answer is
 * cached where its table has no time of its own; it becomes the least that
 * counts.
 */
size_t depends_read(const struct db_service *service, const struct query *q,
    struct str *tags, uint32_t *ttl);

/*
 * Of each table that the call writes. tags has room for TAGS_MAX: where that is
 * too little, the tag of all answers stands for them. It is there as well when
 * the schema is not what the catalogue says, so that a trigger or a cascade
 * that nobody knows of may reach any table.
 */
size_t depends_write(const struct table_call *c, struct str *tags);

/*
 * The same of a call of a routine: of what cache_tables_by_routine says that it
 * writes, or the tag of all answers. 0: it writes nothing.
 */
size_t depends_routine(
    const struct db_service *service, struct str routine, struct str *tags);

#endif
