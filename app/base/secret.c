#include "app/base/secret.h"

#include <sodium.h>
#include <stdio.h>

#define KDF_CONTEXT "weirkeys"

_Static_assert(SECRET_KEY_BYTES == crypto_kdf_KEYBYTES, "kdf key size");
_Static_assert(SECRET_HASH_BYTES == crypto_generichash_BYTES, "hash size");
_Static_assert(
    SECRET_SEAL_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
			     crypto_aead_xchacha20poly1305_ietf_ABYTES,
    "seal size");

_Static_assert(SECRET_MAC_BYTES == crypto_auth_hmacsha256_BYTES, "MAC size");
_Static_assert(
    sizeof(crypto_auth_hmacsha256_state) <=
	    sizeof(((struct secret_mac *)NULL)->state) &&
	_Alignof(crypto_auth_hmacsha256_state) <= _Alignof(struct secret_mac),
    "room for the state");

bool
secret_init(void)
{
	return sodium_init() >= 0;
}

void
secret_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

bool
secret_parse_key(struct str text, uint8_t master[SECRET_KEY_BYTES])
{
	size_t n = 0;

	if (str_starts(text, STR("base64:")))
		text = str_skip(text, 7);
	return text.n > 0 &&
	       sodium_base642bin(master, SECRET_KEY_BYTES, text.p, text.n, NULL,
		   &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       n == SECRET_KEY_BYTES;
}

void
secret_new_key(char text[64])
{
	uint8_t key[SECRET_KEY_BYTES];
	char encoded[48];

	secret_random(key, sizeof(key));
	sodium_bin2base64(encoded, sizeof(encoded), key, sizeof(key),
	    sodium_base64_VARIANT_ORIGINAL);
	(void)snprintf(text, 64, "base64:%s", encoded);
	secret_wipe(key, sizeof(key));
	secret_wipe(encoded, sizeof(encoded));
}

void
secret_subkey(const uint8_t master[SECRET_KEY_BYTES],
    enum secret_purpose purpose, uint8_t subkey[SECRET_KEY_BYTES])
{
	(void)crypto_kdf_derive_from_key(
	    subkey, SECRET_KEY_BYTES, (uint64_t)purpose, KDF_CONTEXT, master);
}

void
secret_hash(const uint8_t key[SECRET_KEY_BYTES], struct str text,
    uint8_t out[SECRET_HASH_BYTES])
{
	(void)crypto_generichash(out, SECRET_HASH_BYTES,
	    (const unsigned char *)text.p, text.n, key, SECRET_KEY_BYTES);
}

void
secret_mark(const uint8_t key[SECRET_MARK_BYTES], struct str text,
    uint8_t out[SECRET_MARK_BYTES])
{
	(void)crypto_shorthash_siphashx24(
	    out, (const unsigned char *)text.p, text.n, key);
}

void
secret_mac_key(struct secret_mac *mac, struct str key)
{
	crypto_auth_hmacsha256_state state;

	memset(mac, 0, sizeof(*mac));
	(void)crypto_auth_hmacsha256_init(
	    &state, (const unsigned char *)key.p, key.n);
	memcpy(mac->state, &state, sizeof(state));
	secret_wipe(&state, sizeof(state));
}

void
secret_mac(const struct secret_mac *mac, struct str text,
    uint8_t out[SECRET_MAC_BYTES])
{
	crypto_auth_hmacsha256_state state;

	memcpy(&state, mac->state, sizeof(state));
	(void)crypto_auth_hmacsha256_update(
	    &state, (const unsigned char *)text.p, text.n);
	(void)crypto_auth_hmacsha256_final(&state, out);
}

void
secret_seal(const uint8_t key[SECRET_KEY_BYTES], struct str context,
    struct str clear, uint8_t *out)
{
	uint8_t *text = out + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

	secret_random(out, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL,
	    (const unsigned char *)clear.p, clear.n,
	    (const unsigned char *)context.p, context.n, NULL, out, key);
}

bool
secret_unseal(const uint8_t key[SECRET_KEY_BYTES], struct str context,
    struct str sealed, char *out)
{
	const unsigned char *nonce = (const unsigned char *)sealed.p;
	const size_t skip = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

	return sealed.n >= SECRET_SEAL_BYTES &&
	       crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)out,
		   NULL, NULL, nonce + skip, sealed.n - skip,
		   (const unsigned char *)context.p, context.n, nonce,
		   key) == 0;
}

void
secret_new_token(char *out, size_t n_hex)
{
	uint8_t bytes[32];

	secret_random(bytes, sizeof(bytes));
	hex_encode(out, bytes, n_hex / 2);
	secret_wipe(bytes, sizeof(bytes));
}

bool
secret_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void
secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

void
digest(struct str text, uint8_t out[DIGEST_BYTES])
{
	(void)crypto_generichash(
	    out, DIGEST_BYTES, (const unsigned char *)text.p, text.n, NULL, 0);
}

void
hex_encode(char *out, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
hex_decode(uint8_t *bytes, size_t n, struct str hex)
{
	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(hex.p[2 * i]);
		int low = hex_digit(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
