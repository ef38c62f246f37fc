/* A weir without OpenSSL. */
#include "app/base/aes.h"

bool
aes_is_built_in(void)
{
	return false;
}

bool
aes_cbc_open(struct str key, const uint8_t iv[AES_BLOCK_BYTES],
    struct str sealed, char *out, size_t *n)
{
	(void)key;
	(void)iv;
	(void)sealed;
	(void)out;
	*n = 0;
	return false;
}
