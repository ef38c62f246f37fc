#include "middleware/registry/sealed_text.h"

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "middleware/registry/app_keys.h"

#define MARK STR("sealed:")

struct str
sealed_text(struct arena *arena, const struct app_keys *keys,
    struct str context, struct str clear)
{
	size_t n = clear.n + SECRET_SEAL_BYTES;
	uint8_t *bytes = arena_alloc(arena, n);
	char *text = arena_alloc(arena, MARK.n + 2 * n);

	secret_seal(keys->credentials[0], context, clear, bytes);
	memcpy(text, MARK.p, MARK.n);
	hex_encode(text + MARK.n, bytes, n);
	return str_make(text, MARK.n + 2 * n);
}

bool
sealed_text_open(struct arena *arena, const struct app_keys *keys,
    struct str context, struct str text, struct unsealed *out)
{
	struct str hex = str_skip(text, MARK.n);
	size_t n = hex.n / 2;
	uint8_t *bytes = arena_alloc(arena, n + 1);
	char *clear = arena_alloc(arena, n + 1);

	if (!str_starts(text, MARK) || n < SECRET_SEAL_BYTES ||
	    !hex_decode(bytes, n, hex))
		return false;
	for (size_t i = 0; i < keys->n; i++) {
		if (!secret_unseal(keys->credentials[i], context,
			str_make((const char *)bytes, n), clear))
			continue;
		*out =
		    (struct unsealed){ str_make(clear, n - SECRET_SEAL_BYTES),
			    i };
		return true;
	}
	return false;
}

void
unsealed_wipe(struct unsealed *u)
{
	secret_wipe((char *)(uintptr_t)u->clear.p, u->clear.n);
}
