/*
 * Replicas of a server that answer reads (read_hosts). Each is looked at about
 * once a second: one that does not answer, or is further behind than read_lag,
 * is asked nothing until it is well again, and what it had been asked and does
 * not answer is ended, so that the server itself can be asked.
 */
#ifndef WEIR_SERVICES_DB_REPLICAS_H
#define WEIR_SERVICES_DB_REPLICAS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct db_conn;
struct db_service;
struct replica;
struct replicas;

/*
 * Of service->read_hosts, of which there is one at least. Connects to nothing
 * yet: they are asked once they have been looked at. What the service and name
 * hold must live as long as they; name is the service's, for the log.
 */
struct replicas *replicas_open(
    const struct db_service *service, struct str name);

/* All connections must have been given back. NULL is harmless. */
void replicas_close(struct replicas *replicas);

/* About once a second, in one thread; may block, a second for each that does
 * not answer, and that more seldom. */
void replicas_look(struct replicas *replicas);

/* A connection to one of them, in turn. ST_MISSING: ask the server itself. */
enum status replicas_take(struct replicas *replicas, int64_t deadline_ms,
    struct replica **which, struct db_conn **out);

/* st: what came of the last statement. */
void replica_give(
    struct replica *replica, struct db_conn *conn, enum status st, bool broken);

/* Was it found away, or too far behind, when it was looked at last? */
bool replica_is_away(const struct replica *replica);

#endif
