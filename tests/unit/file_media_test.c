#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/services/file/media.h"

static void
assert_type(const char *name, const char *type)
{
	struct str found = media_type(str_of(name));

	if (!str_eq(found, str_of(type)))
		fail_msg("%s: %.*s", name, STR_ARG(found));
}

/* The first, the last and some between: they must lie in order. */
static void
the_ending_tells_the_type(void **state)
{
	(void)state;
	assert_type("a.7z", "application/x-7z-compressed");
	assert_type("a.aac", "audio/aac");
	assert_type("a.c", "text/x-csrc");
	assert_type("a.html", "text/html");
	assert_type("a.js", "text/javascript");
	assert_type("a.json", "application/json");
	assert_type("a.mp4", "video/mp4");
	assert_type("a.svg", "image/svg+xml");
	assert_type("a.woff", "font/woff");
	assert_type("a.woff2", "font/woff2");
	assert_type("a.zip", "application/zip");
	assert_type("a.zst", "application/zstd");
}

static void
the_last_ending_counts_in_any_case(void **state)
{
	(void)state;
	assert_type("a.tar.GZ", "application/gzip");
	assert_type("A.Jpg", "image/jpeg");
	assert_type(".txt", "text/plain");
}

static void
what_is_not_known_is_bytes(void **state)
{
	static const char *const names[] = { "", "a", ".", "a.", "a.none",
		"html", "a.html.", "a.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_type(names[i], "application/octet-stream");
}

static void
what_browsers_run_is_not_passive(void **state)
{
	static const char *const passive[] = { "a.txt", "a.csv", "a.json",
		"a.png", "a.ico", "a.mp3", "a.mp4", "a.woff" };
	static const char *const active[] = { "a", "a.html", "a.xhtml", "a.xml",
		"a.svg", "a.svgz", "a.rss", "a.xsl", "a.js", "a.css", "a.wasm",
		"a.pdf", "a.md", "a.eml" };

	(void)state;
	for (size_t i = 0; i < sizeof(passive) / sizeof(passive[0]); i++)
		assert_true(media_is_passive(media_type(str_of(passive[i]))));
	for (size_t i = 0; i < sizeof(active) / sizeof(active[0]); i++)
		assert_false(media_is_passive(media_type(str_of(active[i]))));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ending_tells_the_type),
		cmocka_unit_test(the_last_ending_counts_in_any_case),
		cmocka_unit_test(what_is_not_known_is_bytes),
		cmocka_unit_test(what_browsers_run_is_not_passive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
