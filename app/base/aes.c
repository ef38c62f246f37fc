#include "app/base/aes.h"

#include <limits.h>
#include <openssl/evp.h>

bool
aes_is_built_in(void)
{
	return true;
}

static bool
decrypt(EVP_CIPHER_CTX *ctx, struct str sealed, char *out, size_t *n)
{
	unsigned char *to = (unsigned char *)out;
	int first = 0, last = 0;

	if (EVP_DecryptUpdate(ctx, to, &first, (const unsigned char *)sealed.p,
		(int)sealed.n) != 1 ||
	    EVP_DecryptFinal_ex(ctx, to + first, &last) != 1)
		return false;
	*n = (size_t)first + (size_t)last;
	return true;
}

bool
aes_cbc_open(struct str key, const uint8_t iv[AES_BLOCK_BYTES],
    struct str sealed, char *out, size_t *n)
{
	const EVP_CIPHER *cipher =
	    key.n == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
	EVP_CIPHER_CTX *ctx;
	bool good;

	if ((key.n != 32 && key.n != 16) || sealed.n == 0 ||
	    sealed.n > INT_MAX || sealed.n % AES_BLOCK_BYTES != 0)
		return false;
	ctx = EVP_CIPHER_CTX_new();
	good = ctx != NULL &&
	       EVP_DecryptInit_ex(
		   ctx, cipher, NULL, (const unsigned char *)key.p, iv) == 1 &&
	       decrypt(ctx, sealed, out, n);
	EVP_CIPHER_CTX_free(ctx);
	return good;
}
