#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/base64.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"

static void
assert_decodes(const char *text, struct str want)
{
	struct arena a;
	struct str out;

	arena_init(&a, 256);
	assert_true(base64_decode(&a, str_of(text), &out));
	assert_true(str_eq(out, want));
	arena_close(&a);
}

static void
text_becomes_bytes(void **state)
{
	(void)state;
	assert_decodes("", STR(""));
	assert_decodes("Zg==", STR("f"));
	assert_decodes("Zm8=", STR("fo"));
	assert_decodes("Zm9v", STR("foo"));
	assert_decodes("Zm9vYmFy", STR("foobar"));
	assert_decodes("AP8=", STR("\0\377"));
	assert_decodes("+/8=", STR("\373\377"));
}

static void
padding_may_be_absent(void **state)
{
	(void)state;
	assert_decodes("Zg", STR("f"));
	assert_decodes("Zm8", STR("fo"));
}

static void
anything_else_is_refused(void **state)
{
	static const char *const wrong[] = { "Z", "Zm9vY", "Zm 9v", "Zm9v\n",
		"Zg=", "Z===", "=", "====", "Zh==", "Zm9=", "Zm-_",
		"Zg==Zg==", "\xc3\xa9==" };
	struct arena a;
	struct str out;

	(void)state;
	arena_init(&a, 256);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(base64_decode(&a, str_of(wrong[i]), &out));
	arena_close(&a);
}

static void
what_jsonout_writes_reads_back(void **state)
{
	struct arena a;
	char bytes[256];

	(void)state;
	arena_init(&a, 4096);
	for (size_t n = 0; n < sizeof(bytes); n++) {
		struct buf b = buf_in(&a);
		struct str out;

		bytes[n] = (char)(n * 7);
		json_put_base64(&b, bytes, n);
		assert_true(
		    base64_decode(&a, str_make(b.p + 1, b.n - 2), &out));
		assert_true(str_eq(out, str_make(bytes, n)));
	}
	arena_close(&a);
}

static void
the_kind_for_urls_is_its_own(void **state)
{
	struct arena a;
	char bytes[64];

	(void)state;
	arena_init(&a, 4096);
	for (size_t n = 0; n < sizeof(bytes); n++) {
		struct buf b = buf_in(&a);
		struct str out;

		bytes[n] = (char)(n * 11);
		base64url_put(&b, str_make(bytes, n));
		assert_true(base64url_decode(&a, buf_str(&b), &out));
		assert_true(str_eq(out, str_make(bytes, n)));
	}
	arena_close(&a);
}

static void
the_kind_for_urls_takes_no_padding(void **state)
{
	static const char *const wrong[] = { "Zg==", "Zm8=", "+/8", "-_8=", "Z",
		"Zh", "Zm9" };
	struct arena a;
	struct str out;

	(void)state;
	arena_init(&a, 256);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(base64url_decode(&a, str_of(wrong[i]), &out));
	assert_true(base64url_decode(&a, STR("-_8"), &out));
	assert_true(str_eq(out, STR("\373\377")));
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_bytes),
		cmocka_unit_test(padding_may_be_absent),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(what_jsonout_writes_reads_back),
		cmocka_unit_test(the_kind_for_urls_is_its_own),
		cmocka_unit_test(the_kind_for_urls_takes_no_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
