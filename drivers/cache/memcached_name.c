#include "drivers/cache/memcached_name.h"

#include <assert.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "drivers/cache/cache.h"

#define CLEAR_MAX  200 /* bytes of a name that holds its key */
#define HASH_BYTES (1 + 2 * DIGEST_BYTES)

/* Printable, and with no meaning of its own in a name. */
static bool
is_plain(char c)
{
	return c > ' ' && c < '\x7f' && c != '%' && c != '#';
}

/* Into out, of max bytes; returns how many, or max + 1: it does not fit. */
static size_t
escape(char *out, size_t max, struct str text, char also)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool plain = is_plain(c) && c != also;

		if (max - n < (plain ? 1U : 3U))
			return max + 1;
		if (plain) {
			out[n++] = c;
			continue;
		}
		out[n++] = '%';
		out[n++] = digits[(unsigned char)c >> 4];
		out[n++] = digits[(unsigned char)c & 15];
	}
	return n;
}

static void
hash_put(char out[HASH_BYTES], struct str text)
{
	uint8_t hash[DIGEST_BYTES];

	digest(text, hash);
	out[0] = '#';
	hex_encode(out + 1, hash, sizeof(hash));
}

void
memcached_prefix_set(struct memcached_prefix *out, struct str prefix)
{
	/* No colon: it ends the prefix in a name. */
	out->n = escape(out->text, sizeof(out->text), prefix, ':');
	if (out->n <= sizeof(out->text))
		return;
	hash_put(out->text, prefix);
	out->n = HASH_BYTES;
}

static void
text_put(struct memcached_name *out, const char *text, size_t n)
{
	assert(n <= sizeof(out->text) - out->n);
	memcpy(out->text + out->n, text, n);
	out->n += n;
}

static void
head_put(struct memcached_name *out, const struct memcached_prefix *prefix,
    const struct cache_space *space, char kind)
{
	const char tail[] = { ':', kind };

	out->n = 0;
	out->hashed = false;
	text_put(out, prefix->text, prefix->n);
	text_put(out, ":", 1);
	text_put(out, space->name.p, space->name.n);
	text_put(out, tail, sizeof(tail));
	out->n_route = out->n;
}

static void
key_put(struct memcached_name *out, struct str key)
{
	size_t room, n;

	text_put(out, ":", 1);
	room = CLEAR_MAX - out->n;
	n = escape(out->text + out->n, room, key, '#');
	if (n > room) {
		hash_put(out->text + out->n, key);
		n = HASH_BYTES;
		out->hashed = true;
	}
	out->n += n;
	out->n_route = out->n;
}

void
memcached_name_value(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct str key, struct memcached_name *out)
{
	head_put(out, prefix, space, space->open ? 'o' : 'v');
	key_put(out, key);
}

void
memcached_name_counter(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct str key, struct memcached_name *out)
{
	head_put(out, prefix, space, 'c');
	key_put(out, key);
}

void
memcached_name_window(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct str key, struct memcached_name *out)
{
	head_put(out, prefix, space, 'w');
	key_put(out, key);
}

void
memcached_name_generation(const struct memcached_prefix *prefix,
    const struct cache_space *space, struct memcached_name *out)
{
	head_put(out, prefix, space, 'g');
}

void
memcached_name_date(
    struct memcached_name *name, const char generation[MEMCACHED_GENERATION])
{
	name->n = name->n_route;
	text_put(name, ":", 1);
	text_put(name, generation, MEMCACHED_GENERATION);
}
