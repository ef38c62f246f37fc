/*
 * What logging in reads and writes of a user's record, and the codes by which
 * a new password is set: single statements, none of which is audited.
 */
#ifndef WEIR_USER_LOGIN_H
#define WEIR_USER_LOGIN_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct app_keys;
struct arena;
struct system_db;
struct user_record;

#define CONFIRM_CODE_BYTES 32 /* hexadecimal digits */

/* Notes that the user has logged in at db->wall_ms. */
enum status user_login_note(
    struct system_db *db, int64_t user_id, struct error *err);

/* The same password hashed anew; nothing happens when it was changed since the
 * record was read. */
enum status user_login_rehash(struct system_db *db,
    const struct user_record *user, const char *hash, struct error *err);

/*
 * A hash to verify in vain when no user is of that name, so that the name
 * takes as long as those of users do: that of some user, always the same for
 * the same name. STR_NULL when nobody has one: password_verify_nobody().
 */
struct str user_login_decoy(struct system_db *db, const struct app_keys *keys,
    struct arena *arena, struct str name);

/* Makes a code for the user, in clear in `code`; it replaces an earlier one and
 * is good until then (Unix time). */
enum status user_code_new(struct system_db *db, const struct app_keys *keys,
    int64_t user_id, int64_t expires_ms, char code[CONFIRM_CODE_BYTES + 1],
    struct error *err);

/*
 * Spends the code: ST_OK once. ST_DENIED when it is not the user's or its time
 * (db->wall_ms) is over, which is said without the code.
 */
enum status user_code_take(struct system_db *db, const struct app_keys *keys,
    int64_t user_id, struct str code, struct error *err);

#endif
