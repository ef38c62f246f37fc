/*
 * Which APP_KEY a system database belongs to: it keeps a hash that only this
 * key leads to. What was hashed and sealed under one key is lost under
 * another, so a wrong one is refused before it makes records nobody can use.
 */
#ifndef WEIR_KEY_PROOF_H
#define WEIR_KEY_PROOF_H

#include <stdbool.h>

#include "app/base/status.h"

struct app_keys;
struct system_db;

/*
 * ST_INVALID, and what to do, when the database belongs to none of the keys.
 * *is_old: it does not yet belong to the first of them.
 */
enum status key_proof_check(struct system_db *db, const struct app_keys *keys,
    bool *is_old, struct error *err);

/* Makes the database belong to the first of the keys. */
enum status key_proof_put(
    struct system_db *db, const struct app_keys *keys, struct error *err);

/* The same inside a step of the schema. */
enum status key_proof_fill(
    struct system_db *db, const struct app_keys *keys, struct error *err);

#endif
