#include "app/base/password.h"

#include <crypt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/base/secret.h"
#include "app/base/settings.h"

#define KIB             1024u
#define MEMORY_MAX_KIB  (1024u * 1024u) /* of a hash from elsewhere */
#define PASSES_MAX      64u
#define BCRYPT_BYTES    60 /* of such a hash */
#define BCRYPT_COST_MAX 16u

_Static_assert(
    PASSWORD_HASH_BYTES >= crypto_pwhash_STRBYTES, "room for a hash");
_Static_assert(PASSWORD_HASH_BYTES > BCRYPT_BYTES, "room for a bcrypt hash");

struct password_cost
password_cost(const struct settings *settings)
{
	return (struct password_cost){ (uint64_t)settings->argon_time,
		(size_t)settings->argon_memory * KIB };
}

enum status
password_check(struct str password, struct error *err)
{
	if (password.n < PASSWORD_MIN || password.n > PASSWORD_MAX ||
	    memchr(password.p, '\0', password.n) != NULL)
		return error_set(err, ST_INVALID,
		    "a password has %d to %d bytes, none of them NUL",
		    PASSWORD_MIN, PASSWORD_MAX);
	return ST_OK;
}

enum status
password_hash(struct str password, const struct password_cost *cost,
    char out[PASSWORD_HASH_BYTES], struct error *err)
{
	if (crypto_pwhash_str(
		out, password.p, password.n, cost->passes, cost->memory) != 0)
		return error_set(err, ST_FULL,
		    "there is no memory to hash a password: lower ARGON_MEMORY "
		    "or WORKERS");
	return ST_OK;
}

/* "$2y$10$" and 53 characters, of a cost that ends within seconds. */
static bool
is_bcrypt(struct str hash)
{
	uint64_t cost;

	return hash.n == BCRYPT_BYTES && str_starts(hash, STR("$2")) &&
	       str_find(STR("aby"), hash.p[2]) < 3 && hash.p[3] == '$' &&
	       hash.p[6] == '$' && str_to_u64(str_make(hash.p + 4, 2), &cost) &&
	       cost <= BCRYPT_COST_MAX;
}

/* The number behind "m=" in "$argon2id$v=19$m=65536,t=2,p=1$...". */
static uint64_t
parameter_of(struct str hash, struct str name)
{
	uint64_t number = UINT64_MAX;

	while (!str_is_null(hash)) {
		struct str part = str_cut(&hash, '$');

		while (!str_is_null(part)) {
			struct str one = str_cut(&part, ',');

			if (str_starts(one, name) &&
			    str_to_u64(str_skip(one, name.n), &number))
				return number;
		}
	}
	return UINT64_MAX;
}

static bool
is_argon2(struct str hash)
{
	return hash.n < PASSWORD_HASH_BYTES &&
	       (str_starts(hash, STR("$argon2id$")) ||
		   str_starts(hash, STR("$argon2i$"))) &&
	       parameter_of(hash, STR("m=")) <= MEMORY_MAX_KIB &&
	       parameter_of(hash, STR("t=")) <= PASSES_MAX;
}

bool
password_is_hash(struct str hash)
{
	return is_bcrypt(hash) || is_argon2(hash);
}

/* The hash as a text of its own. */
static const char *
text_of(struct str hash, char text[PASSWORD_HASH_BYTES])
{
	memcpy(text, hash.p, hash.n);
	text[hash.n] = '\0';
	return text;
}

/* bcrypt reads a password up to its first NUL, and 72 bytes of it. */
static bool
bcrypt_verify(const char *hash, struct str password)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	char text[PASSWORD_MAX + 1] = "";
	const char *made;
	bool same;

	if (data == NULL)
		return false;
	memcpy(text, password.p, password.n);
	made = crypt_r(text, hash, data);
	same = made != NULL && strlen(made) == BCRYPT_BYTES &&
	       secret_equal(made, hash, BCRYPT_BYTES);
	secret_wipe(text, sizeof(text));
	secret_wipe(data, sizeof(*data));
	free(data);
	return same;
}

bool
password_verify(struct str hash, struct str password)
{
	char text[PASSWORD_HASH_BYTES];

	if (password.n == 0 || password.n > PASSWORD_MAX ||
	    memchr(password.p, '\0', password.n) != NULL)
		return false;
	if (is_bcrypt(hash))
		return bcrypt_verify(text_of(hash, text), password);
	return is_argon2(hash) && crypto_pwhash_str_verify(text_of(hash, text),
				      password.p, password.n) == 0;
}

void
password_verify_nobody(const struct password_cost *cost, struct str password)
{
	char hash[PASSWORD_HASH_BYTES];

	(void)snprintf(hash, sizeof(hash),
	    "$argon2id$v=19$m=%zu,t=%llu,p=1$"
	    "AAAAAAAAAAAAAAAAAAAAAA$"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    cost->memory / KIB, (unsigned long long)cost->passes);
	(void)password_verify(str_of(hash), password);
}

bool
password_is_outdated(struct str hash, const struct password_cost *cost)
{
	char text[PASSWORD_HASH_BYTES];

	return !is_argon2(hash) ||
	       crypto_pwhash_str_needs_rehash(
		   text_of(hash, text), cost->passes, cost->memory) != 0;
}
