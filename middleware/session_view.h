/*
 * What a token stands for at one moment: the user, or why it stands for nobody.
 * So it lies in the session store, with the version under which it was read.
 */
#ifndef WEIR_SESSION_VIEW_H
#define WEIR_SESSION_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/str.h"
#include "drivers/cache/cache.h"
#include "middleware/principal.h"

struct arena;

#define SESSION_VERSION_BYTES 16

/* Digits of the claim "sub": a digest of the user's e-mail. */
#define SESSION_SUBJECT_BYTES (2 * DIGEST_BYTES)

/* Of all that is said of one user, and of the life of the store it is from. */
struct session_version {
	uint8_t bytes[SESSION_VERSION_BYTES];
	uint8_t incarnation[INCARNATION_BYTES];
};

enum session_state {
	SESSION_GOOD,
	SESSION_ENDED,    /* or its token was replaced */
	SESSION_INACTIVE, /* the user is switched off */
	SESSION_NOBODY    /* there is no such user any more */
};

struct session_view {
	enum session_state state;
	char subject[SESSION_SUBJECT_BYTES]; /* of its user's tokens */
	struct principal who; /* when good; else only the id counts */
};

/* What the claim "sub" of a user with that e-mail must be. */
void session_subject(struct str email, char out[SESSION_SUBJECT_BYTES]);

/* The bytes to store, in the arena. */
struct str session_view_pack(struct arena *arena,
    const struct session_view *view, const struct session_version *version);

/* The version that stands in packed bytes; false when they are none. */
bool session_view_version(struct str bytes, struct session_version *out);

/*
 * Reads stored bytes; texts are views of them, arrays live in the arena. False
 * when they are damaged, or the versions differ.
 */
bool session_view_unpack(struct arena *arena, struct str bytes,
    const struct session_version *now, struct session_view *out);

#endif
