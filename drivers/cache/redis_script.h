/*
 * A script that the server runs in one go. It is called by its digest; the
 * greeting loads it, and where the server has forgotten it since, it is sent
 * along once more.
 */
#ifndef WEIR_CACHE_REDIS_SCRIPT_H
#define WEIR_CACHE_REDIS_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

struct buf;
struct redis_reply;

#define REDIS_SCRIPT_PARTS 2

struct redis_script {
	const struct str *parts[REDIS_SCRIPT_PARTS]; /* NULL: no more */
	struct str digest; /* SHA-1 in hexadecimal digits */
};

#define REDIS_DIGEST_CHARS 40

/* Puts its text, one word. */
void redis_script_put(struct buf *out, const struct redis_script *script);

/* Begins a call, by the digest or with the whole text: its keys must follow,
 * and as many words. */
void redis_script_call(struct buf *out, const struct redis_script *script,
    bool whole, size_t keys, size_t words);

/* The server does not know the digest. */
bool redis_script_forgotten(const struct redis_reply *reply);

#endif
