/* The services that every installation has from the start. */
#ifndef WEIR_KNOWN_SERVICES_H
#define WEIR_KNOWN_SERVICES_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct app_keys;
struct system_db;

/* Steps of the schema: "system" and "user", and "api_docs", names that no other
 * service can have. One that is there already stays. */
enum status known_services_add(
    struct system_db *db, const struct app_keys *keys, struct error *err);
enum status known_docs_add(
    struct system_db *db, const struct app_keys *keys, struct error *err);

/* Is it one of them, in any case of letters? */
bool known_service(struct str name);

#endif
