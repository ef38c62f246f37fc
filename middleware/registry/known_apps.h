/*
 * Apps whose keys are public: clients of this API have them built in. Such a
 * key names an app and opens nothing, because its app has no role.
 */
#ifndef WEIR_KNOWN_APPS_H
#define WEIR_KNOWN_APPS_H

#include "app/base/status.h"

struct app_keys;
struct system_db;

/* A step of the schema; both run in a transaction of the caller's. */
enum status known_apps_add(
    struct system_db *db, const struct app_keys *keys, struct error *err);

/* Their keys as the first of the keys hashes them, where an earlier one did. */
enum status known_apps_rehash(
    struct system_db *db, const struct app_keys *keys, struct error *err);

#endif
