/* AES in CBC mode, as other platforms encrypt; weir itself seals with secret.h.
 * On OpenSSL: a weir that was built without it opens nothing. */
#ifndef WEIR_BASE_AES_H
#define WEIR_BASE_AES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

#define AES_BLOCK_BYTES 16

/* Was this weir built with it? */
bool aes_is_built_in(void);

/*
 * Decrypts into `out`, which has room for sealed.n bytes, and takes the padding
 * of PKCS 7 off; *n is what is left. The key has 16 or 32 bytes. False when
 * that is not how it was encrypted. Nothing is authenticated: check a MAC
 * first.
 */
bool aes_cbc_open(struct str key, const uint8_t iv[AES_BLOCK_BYTES],
    struct str sealed, char *out, size_t *n);

#endif
