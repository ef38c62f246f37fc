/*
 * What follows when APP_KEY was replaced and the earlier one stands in
 * APP_PREVIOUS_KEYS: the system database comes over to the new one.
 */
#ifndef WEIR_ROTATION_H
#define WEIR_ROTATION_H

#include <stddef.h>

#include "app/base/status.h"

struct app_keys;
struct arena;
struct buf;
struct system_db;

/*
 * In one transaction: the proof is of the first of the keys, the secrets of all
 * services are sealed under it, and so are the well-known API keys hashed.
 * Other API keys cannot be, as nobody knows them. Private lookups are sealed
 * anew as well. *renewed: how many services and lookups had secrets under an
 * earlier key. What none of the keys opens stays as it is
 * and is a line of `problems`.
 */
enum status rotation_finish(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, size_t *renewed, struct buf *problems,
    struct error *err);

#endif
