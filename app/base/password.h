/*
 * Passwords as they are kept: hashed with argon2id, or as an earlier platform
 * hashed them: bcrypt, argon2i. Each call takes as long and as much memory as
 * the hash says, tens of milliseconds: for workers and commands only, see
 * password_gate.h. The caller wipes what is in clear.
 */
#ifndef WEIR_BASE_PASSWORD_H
#define WEIR_BASE_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct settings;

#define PASSWORD_MIN        8    /* bytes of one that is set */
#define PASSWORD_MAX        1024 /* bytes of any */
#define PASSWORD_HASH_BYTES 128  /* of a hash, its NUL included */

/* What a hash is to cost. */
struct password_cost {
	uint64_t passes; /* ARGON_TIME */
	size_t memory;   /* bytes; ARGON_MEMORY is in KiB */
};

struct password_cost password_cost(const struct settings *settings);

/* May it be set? ST_INVALID says what is expected, never the password. */
enum status password_check(struct str password, struct error *err);

/* ST_FULL when there is no memory for it. */
enum status password_hash(struct str password, const struct password_cost *cost,
    char out[PASSWORD_HASH_BYTES], struct error *err);

/*
 * Is that the password of the hash? False as well for a hash of no known kind
 * and for one that would cost more than any installation takes.
 */
bool password_verify(struct str hash, struct str password);

/* Takes as long as verifying a hash of that cost does, and is in vain: for a
 * user that there is not. */
void password_verify_nobody(
    const struct password_cost *cost, struct str password);

/* Is it a text that password_verify() could find a password for? */
bool password_is_hash(struct str hash);

/* Should who has just logged in get a new hash of the same password? */
bool password_is_outdated(struct str hash, const struct password_cost *cost);

#endif
