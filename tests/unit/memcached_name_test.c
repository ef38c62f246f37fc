/* Names that memcached takes, and that no two keys share. */
#include "drivers/cache/memcached_name.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/secret.h"
#include "drivers/cache/cache.h"

#define ROUNDS 20000

static const struct cache_space closed = { { "space", 5 }, false };
static const struct cache_space open_space = { { "space", 5 }, true };

static struct memcached_prefix
prefix_of(const char *text)
{
	struct memcached_prefix prefix;

	memcached_prefix_set(&prefix, str_of(text));
	return prefix;
}

static struct memcached_name
value_name(const char *prefix, const struct cache_space *space, struct str key)
{
	struct memcached_prefix p = prefix_of(prefix);
	struct memcached_name name;

	memcached_name_value(&p, space, key, &name);
	return name;
}

static void
assert_name(const struct memcached_name *name, const char *text)
{
	assert_int_equal(name->n, strlen(text));
	assert_memory_equal(name->text, text, name->n);
}

static void
assert_takable(const struct memcached_name *name)
{
	assert_in_range(name->n, 1, MEMCACHED_NAME_MAX);
	for (size_t i = 0; i < name->n; i++)
		assert_true(isgraph((unsigned char)name->text[i]));
}

static void
names_are_readable(void **state)
{
	struct memcached_prefix p = prefix_of("weir");
	struct memcached_name name = value_name("weir", &closed, STR("a/b:c"));

	(void)state;
	assert_name(&name, "weir:space:v:a/b:c");
	assert_false(name.hashed);
	name = value_name("weir", &open_space, STR("a b%#\xc3\xa4"));
	assert_name(&name, "weir:space:o:a%20b%25%23%C3%A4");
	memcached_name_date(&name, "0123456789abcdef");
	assert_name(&name, "weir:space:o:a%20b%25%23%C3%A4:0123456789abcdef");
	memcached_name_date(&name, "fedcba9876543210");
	assert_name(&name, "weir:space:o:a%20b%25%23%C3%A4:fedcba9876543210");
	memcached_name_counter(&p, &closed, STR("k"), &name);
	assert_name(&name, "weir:space:c:k");
	memcached_name_window(&p, &closed, STR("k"), &name);
	assert_name(&name, "weir:space:w:k");
	memcached_name_generation(&p, &closed, &name);
	assert_name(&name, "weir:space:g");
}

static void
a_prefix_cannot_run_into_a_space(void **state)
{
	struct memcached_name name = value_name("a:r ", &closed, STR("k"));
	char text[200];

	(void)state;
	assert_name(&name, "a%3Ar%20:space:v:k");
	memset(text, 'p', sizeof(text));
	text[MEMCACHED_PREFIX_MAX] = '\0';
	name = value_name(text, &closed, STR("k"));
	assert_memory_equal(name.text, text, MEMCACHED_PREFIX_MAX);
	text[MEMCACHED_PREFIX_MAX] = 'p';
	text[sizeof(text) - 1] = '\0';
	name = value_name(text, &closed, STR("k"));
	assert_int_equal(name.text[0], '#');
	assert_takable(&name);
}

static void
the_longest_of_everything_fits(void **state)
{
	char prefix[MEMCACHED_PREFIX_MAX + 1];
	char space[CACHE_SPACE_MAX];
	char key[CACHE_KEY_MAX];
	struct cache_space longest = { { space, sizeof(space) }, true };

	(void)state;
	memset(prefix, 'p', sizeof(prefix) - 1);
	prefix[sizeof(prefix) - 1] = '\0';
	memset(space, 's', sizeof(space));
	memset(key, 'k', sizeof(key));
	for (size_t n = 1; n <= sizeof(key); n++) {
		struct memcached_name name =
		    value_name(prefix, &longest, str_make(key, n));

		memcached_name_date(&name, "0123456789abcdef");
		assert_takable(&name);
	}
}

/* Few letters, so that keys often differ by little. */
static struct str
dice_key(char *out, unsigned *seed)
{
	static const char letters[] = "aA#%2:0 3\xff";
	bool is_long = rand_r(seed) % 8 == 0;
	size_t n = 1 + (size_t)rand_r(seed) % (is_long ? 300 : 4);

	for (size_t i = 0; i < n; i++)
		out[i] = letters[(size_t)rand_r(seed) % (sizeof(letters) - 1)];
	return str_make(out, n);
}

static void
two_keys_never_have_one_name(void **state)
{
	unsigned seed = 1;
	char a[300];
	char b[300];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct str key = dice_key(a, &seed);
		struct str other = dice_key(b, &seed);
		struct memcached_name one = value_name("p", &closed, key);
		struct memcached_name two = value_name("p", &closed, other);

		assert_takable(&one);
		assert_int_equal(str_eq(str_make(one.text, one.n),
				     str_make(two.text, two.n)),
		    str_eq(key, other));
	}
}

static void
a_hash_cannot_be_written_as_a_key(void **state)
{
	char key[300];
	struct memcached_name hashed, clear;

	(void)state;
	memset(key, 'k', sizeof(key));
	hashed = value_name("p", &closed, str_make(key, sizeof(key)));
	assert_true(hashed.hashed);
	/* What follows "p:space:v:". */
	clear =
	    value_name("p", &closed, str_make(hashed.text + 10, hashed.n - 10));
	assert_false(clear.hashed);
	assert_false(str_eq(
	    str_make(hashed.text, hashed.n), str_make(clear.text, clear.n)));
}

/* Where a value lies must not depend on its generation, which lies there. */
static void
the_route_has_no_generation(void **state)
{
	struct memcached_name name = value_name("p", &open_space, STR("key"));
	size_t route = name.n_route;

	(void)state;
	memcached_name_date(&name, "0123456789abcdef");
	assert_int_equal(name.n_route, route);
	assert_int_equal(name.n, route + 1 + MEMCACHED_GENERATION);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_readable),
		cmocka_unit_test(a_prefix_cannot_run_into_a_space),
		cmocka_unit_test(the_longest_of_everything_fits),
		cmocka_unit_test(two_keys_never_have_one_name),
		cmocka_unit_test(a_hash_cannot_be_written_as_a_key),
		cmocka_unit_test(the_route_has_no_generation),
	};

	assert_true(secret_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
