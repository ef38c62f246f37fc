/*
 * JSON Web Tokens (RFC 7519) signed with HMAC-SHA256 and nothing else: the
 * algorithm is decided here and never by what a token says of itself. What is
 * read of a token is a view of it, or lives in the arena.
 */
#ifndef WEIR_JWT_H
#define WEIR_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct secret_mac;

#define JWT_BYTES_MAX    4096
#define JWT_ID_BYTES_MAX 64

/* Clocks of hosts that share their tokens may differ by so much. */
#define JWT_LEEWAY_SECONDS 60

/* The claims of a session's token (dreamfactory.md 2.5); times are Unix
 * seconds. */
struct jwt {
	struct str issuer;  /* iss; STR_NULL: not said */
	struct str id;      /* jti: A-Za-z0-9_-, at most JWT_ID_BYTES_MAX */
	struct str subject; /* sub */
	int64_t issued;     /* iat */
	int64_t expires;    /* exp */
	int64_t not_before; /* nbf; 0: not said */
	int64_t user_id;
	bool forever;
};

/* The token, in the arena. */
struct str jwt_sign(
    struct arena *a, const struct secret_mac *key, const struct jwt *claims);

/*
 * The claims of a token that one of n keys has signed, as JSON. ST_INVALID,
 * and err says why: it is no token, is signed in another way, or by another.
 */
enum status jwt_open(struct arena *a, const struct secret_mac *keys, size_t n,
    struct str token, struct json *claims, struct error *err);

/*
 * The same, and reads the claims of a session. ST_INVALID also when one is
 * missing or wrong, or the token is not valid yet at `now` (Unix seconds).
 * Whether it has expired is for the caller to say.
 */
enum status jwt_read(struct arena *a, const struct secret_mac *keys, size_t n,
    struct str token, int64_t now, struct jwt *out, struct error *err);

#endif
