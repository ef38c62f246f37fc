/*
 * No bytes pass for a token unless the key signed them, and what the key signed
 * is read without harm, whatever it says. Input: a token as sent, and the same
 * bytes as the claims of one that is well signed.
 */
#include <string.h>

#include "app/base/arena.h"
#include "app/base/base64.h"
#include "app/base/buf.h"
#include "app/base/secret.h"
#include "middleware/jwt.h"
#include "tests/fuzz/fuzz.h"

#define NOW 1700000000

static struct str
token_of(struct arena *a, const struct secret_mac *key, struct str claims)
{
	struct buf b = buf_in(a);
	uint8_t mac[SECRET_MAC_BYTES];

	base64url_put(&b, STR("{\"alg\":\"HS256\"}"));
	buf_put_char(&b, '.');
	base64url_put(&b, claims);
	secret_mac(key, buf_str(&b), mac);
	buf_put_char(&b, '.');
	base64url_put(&b, str_make((const char *)mac, sizeof(mac)));
	return buf_str(&b);
}

static void
as_claims(struct arena *a, const struct secret_mac *key, struct str text)
{
	struct jwt once, twice;
	struct str again;

	if (jwt_read(a, key, 1, token_of(a, key, text), NOW, &once, NULL) !=
	    ST_OK)
		return;
	HOLDS(once.id.n > 0 && once.id.n <= JWT_ID_BYTES_MAX);
	HOLDS(once.issued <= NOW + JWT_LEEWAY_SECONDS);
	again = jwt_sign(a, key, &once);
	if (again.n > JWT_BYTES_MAX)
		return;
	HOLDS(jwt_read(a, key, 1, again, NOW, &twice, NULL) == ST_OK);
	HOLDS(str_eq(once.id, twice.id));
	HOLDS(str_eq(once.subject, twice.subject));
	HOLDS(once.user_id == twice.user_id);
	HOLDS(once.expires == twice.expires);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct secret_mac key, other;
	struct arena a;
	struct jwt out;

	HOLDS(secret_init());
	arena_init(&a, 4096);
	secret_mac_key(&key, STR("key"));
	secret_mac_key(&other, STR("other"));
	HOLDS(jwt_read(&a, &key, 1, text, NOW, &out, NULL) != ST_OK);
	HOLDS(jwt_read(&a, &other, 1, token_of(&a, &key, text), NOW, &out,
		  NULL) != ST_OK);
	as_claims(&a, &key, text);
	arena_close(&a);
	return 0;
}
