/*
 * Everything cryptographic, on libsodium. Clear secrets stay in the caller's
 * hands only; compare with secret_equal() and wipe with secret_wipe().
 */
#ifndef WEIR_BASE_SECRET_H
#define WEIR_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

#define SECRET_KEY_BYTES  32
#define SECRET_HASH_BYTES 32
#define DIGEST_BYTES      16

/* What one subkey of APP_KEY is for; each purpose has its own. */
enum secret_purpose {
	SECRET_API_KEYS = 1,
	SECRET_JWT,
	SECRET_CREDENTIALS,
	SECRET_CODES
};

/* Must succeed once before anything else here; false: libsodium is broken. */
bool secret_init(void);

void secret_random(void *out, size_t n);

/*
 * The master key from the text of APP_KEY: "base64:" and/or base64 of 32
 * bytes. False when it is not that.
 */
bool secret_parse_key(struct str text, uint8_t master[SECRET_KEY_BYTES]);

/* A fresh APP_KEY as text, NUL-terminated. */
void secret_new_key(char text[64]);

void secret_subkey(const uint8_t master[SECRET_KEY_BYTES],
    enum secret_purpose purpose, uint8_t subkey[SECRET_KEY_BYTES]);

/* Keyed BLAKE2b-256, the form in which an API key is stored. */
void secret_hash(const uint8_t key[SECRET_KEY_BYTES], struct str text,
    uint8_t out[SECRET_HASH_BYTES]);

#define SECRET_MARK_BYTES 16

/* SipHash-2-4-128: tells texts apart in memory, ten times as quickly, for who
 * has a key that never leaves the process. */
void secret_mark(const uint8_t key[SECRET_MARK_BYTES], struct str text,
    uint8_t out[SECRET_MARK_BYTES]);

#define SECRET_MAC_BYTES 32

/* A key of HMAC-SHA256, ready for use; the state is libsodium's. */
struct secret_mac {
	uint64_t state[26];
};

/* A key of any length. */
void secret_mac_key(struct secret_mac *mac, struct str key);

void secret_mac(const struct secret_mac *mac, struct str text,
    uint8_t out[SECRET_MAC_BYTES]);

/* Bytes that sealing adds to a text. */
#define SECRET_SEAL_BYTES 40

/*
 * Encrypts with XChaCha20-Poly1305 under a random nonce into clear.n +
 * SECRET_SEAL_BYTES bytes. The same context is needed to open it again, so it
 * is of no use in another place.
 */
void secret_seal(const uint8_t key[SECRET_KEY_BYTES], struct str context,
    struct str clear, uint8_t *out);

/* Into sealed.n - SECRET_SEAL_BYTES bytes; false when it is damaged, or was
 * sealed under another key or context. */
bool secret_unseal(const uint8_t key[SECRET_KEY_BYTES], struct str context,
    struct str sealed, char *out);

/* A new API key of n_hex (even, at most 64) random hexadecimal characters. */
void secret_new_token(char *out, size_t n_hex);

bool secret_equal(const void *a, const void *b, size_t n);
void secret_wipe(void *p, size_t n);

/* BLAKE2b-128 without a key: names of entries, ETags, tag identities. */
void digest(struct str text, uint8_t out[DIGEST_BYTES]);

/* 2n lower-case digits, no NUL. */
void hex_encode(char *out, const uint8_t *bytes, size_t n);

/* Exactly 2n digits into n bytes; false on anything else. */
bool hex_decode(uint8_t *bytes, size_t n, struct str hex);

#endif
