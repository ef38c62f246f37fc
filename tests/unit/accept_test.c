#include "middleware/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
expect(const char *const *fields, size_t n, bool text)
{
	for (size_t i = 0; i < n; i++) {
		if (accept_wants_text(str_of(fields[i])) != text)
			fail_msg("%s", fields[i]);
	}
}

#define EXPECT(fields, text)                                                   \
	expect(fields, sizeof(fields) / sizeof((fields)[0]), text)

static void
text_is_asked_for(void **state)
{
	static const char *const fields[] = { "text/plain", "Text/Plain",
		" text/plain ; q=0.1", "text/*", "text/plain, */*",
		"text/plain, */*; q=0.01", "text/plain, application/*",
		"application/json;q=0.5, text/plain",
		"application/json;q=.5, text/plain;q=0.6",
		"application/json ;q=0, */*", "image/png, text/plain" };

	(void)state;
	EXPECT(fields, true);
}

static void
json_is_asked_for(void **state)
{
	/* The second is what Axios sends, the last but one a browser. */
	static const char *const fields[] = { "application/json",
		"application/json, text/plain, */*", "*/*", "", NULL,
		"text/plain;q=0", "text/plain;q=0.5, application/json",
		"text/plain; q=0.9, */*", "text/html, application/xml;q=0.9",
		"text/plain, application/json", "image/png", "text",
		";;,,;q=", "text/html,application/xhtml+xml,*/*;q=0.8",
		"text/plainer" };

	(void)state;
	EXPECT(fields, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_asked_for),
		cmocka_unit_test(json_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
