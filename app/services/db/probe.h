/* Whether the database of a service answers, and how many connections to it
 * there are: probe and connections of struct service_type. */
#ifndef WEIR_SERVICES_DB_PROBE_H
#define WEIR_SERVICES_DB_PROBE_H

#include <stdint.h>

#include "app/base/status.h"

struct pool_state;

enum status db_probe(void *instance, int64_t deadline_ms, struct error *err);
void db_connections(void *instance, struct pool_state *out);

#endif
