#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/option.h"
#include "app/base/settings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct arena arena;

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* How many bytes of struct settings the option's member has. */
static size_t
member_size(const struct option *opt)
{
	switch (opt->type) {
	case OPTION_TEXT:
	case OPTION_SECRET:
		return sizeof(const char *);
	case OPTION_BOOLEAN:
		return sizeof(bool);
	default:
		return sizeof(int64_t);
	}
}

static void
every_default_is_a_value_of_its_option(void **state)
{
	struct settings s;
	const struct option *opt;

	(void)state;
	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		if (!option_store(opt, str_of(opt->fallback), &arena, &s))
			fail_msg("%s=%s", opt->name, opt->fallback);
	}
}

static void
every_member_of_the_settings_has_one_option(void **state)
{
	unsigned char used[sizeof(struct settings)] = { 0 };
	bool gaps[sizeof(struct settings) / sizeof(int64_t)] = { false };
	const struct option *opt;

	(void)state;
	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		for (size_t k = 0; k < member_size(opt); k++)
			used[opt->offset + k]++;
		/* The next number stands behind a gap. */
		gaps[opt->offset / sizeof(int64_t)] |=
		    opt->type == OPTION_BOOLEAN;
	}
	for (size_t k = 0; k < offsetof(struct settings, declared); k++) {
		if (used[k] != 1 && (used[k] > 1 || !gaps[k / sizeof(int64_t)]))
			fail_msg("byte %zu has %d options", k, used[k]);
	}
}

static void
every_name_is_found_and_stands_once(void **state)
{
	const struct option *opt;

	(void)state;
	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		assert_ptr_equal(option_find(str_of(opt->name)), opt);
		if (opt->alias != NULL)
			assert_ptr_equal(option_find(str_of(opt->alias)), opt);
	}
	assert_null(option_find(STR("NO_SUCH_NAME")));
	assert_null(option_find(STR("")));
}

static void
every_help_is_a_sentence_that_ends(void **state)
{
	const struct option *opt;

	(void)state;
	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		assert_non_null(opt->help);
		if (!str_ends(str_of(opt->help), STR(".")))
			fail_msg("%s: %s", opt->name, opt->help);
	}
}

static void
every_checked_text_says_what_is_expected(void **state)
{
	const struct option *opt;

	(void)state;
	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		if ((opt->valid == NULL) != (opt->expected == NULL))
			fail_msg("%s", opt->name);
		if (opt->type == OPTION_CHOICE)
			assert_non_null(opt->choices);
	}
}

static void
numbers_are_read_in_their_units(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		int64_t value;
	} rows[] = {
		{ "QUEUE", "1", 1 },
		{ "QUEUE", "65536", 65536 },
		{ "MAX_BODY", "1024", 1024 },
		{ "MAX_BODY", "2k", 2048 },
		{ "MAX_BODY", "10m", 10485760 },
		{ "MAX_BODY", "1G", 1073741824 },
		{ "CACHE_DEFAULT_TTL", "300", 300 },
		{ "CACHE_DEFAULT_TTL", "90s", 90 },
		{ "CACHE_DEFAULT_TTL", "5m", 300 },
		{ "CACHE_DEFAULT_TTL", "2h", 7200 },
		{ "CACHE_DEFAULT_TTL", "1d", 86400 },
		{ "READ_TIMEOUT", "1500", 1500 },
		{ "READ_TIMEOUT", "250ms", 250 },
		{ "READ_TIMEOUT", "30s", 30000 },
		{ "READ_TIMEOUT", "2M", 120000 },
		{ "LOG_LEVEL", "Debug", 3 },
		{ "LIMIT_ON_ERROR", "deny", ON_ERROR_DENY },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct option *opt = option_find(str_of(rows[i].name));
		struct settings s;
		int64_t value;

		assert_true(
		    option_store(opt, str_of(rows[i].text), &arena, &s));
		memcpy(&value, (char *)&s + opt->offset, sizeof(value));
		assert_int_equal(value, rows[i].value);
	}
}

static void
wrong_values_are_refused_and_leave_the_settings_alone(void **state)
{
	static const char *const rows[][2] = {
		{ "QUEUE", "0" },
		{ "QUEUE", "65537" },
		{ "QUEUE", "" },
		{ "QUEUE", "-1" },
		{ "QUEUE", "+1" },
		{ "QUEUE", "1.5" },
		{ "QUEUE", " 1" },
		{ "QUEUE", "0x10" },
		{ "QUEUE", "1k" },
		{ "QUEUE", "99999999999999999999" },
		{ "MAX_BODY", "k" },
		{ "MAX_BODY", "10mb" },
		{ "MAX_BODY", "9223372036854775807k" },
		{ "READ_TIMEOUT", "1h" },
		{ "LOG_LEVEL", "loud" },
		{ "LOG_LEVEL", "" },
		{ "DB_CONNECTION", "oracle" },
		{ "APP_KEY", "short" },
		{ "APP_PREVIOUS_KEYS", "short,short" },
		{ "LISTEN", "9000" },
		{ "LISTEN", ":9000" },
		{ "LISTEN", "host:" },
		{ "LISTEN", "host:0" },
		{ "LISTEN", "host:65536" },
		{ "LISTEN", "unix:" },
		{ "LISTEN", "unix:relative" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct option *opt = option_find(str_of(rows[i][0]));
		struct settings s, before;

		memset(&s, 0x5a, sizeof(s));
		before = s;
		if (option_store(opt, str_of(rows[i][1]), &arena, &s))
			fail_msg("%s=%s", rows[i][0], rows[i][1]);
		assert_memory_equal(&s, &before, sizeof(s));
	}
}

static void
good_texts_are_stored(void **state)
{
	static const char *const rows[][2] = {
		{ "LISTEN", "" },
		{ "LISTEN", "unix:/run/weir/weir.sock" },
		{ "LISTEN", "127.0.0.1:9000" },
		{ "LISTEN", "[::1]:9000" },
		{ "LISTEN", "localhost:65535" },
		{ "APP_KEY",
		    "base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" },
		{ "DB_CONNECTION", "sqlite" },
		{ "CACHE_PREFIX", "any text: at all" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct option *opt = option_find(str_of(rows[i][0]));
		struct settings s;
		const char *value;

		assert_true(option_store(opt, str_of(rows[i][1]), &arena, &s));
		memcpy(&value, (char *)&s + opt->offset, sizeof(value));
		assert_string_equal(value, rows[i][1]);
	}
}

static void
what_is_expected_is_said_for_people(void **state)
{
	static const char *const rows[][2] = {
		{ "FRONTS", "a number from 1 to 64" },
		{ "LOG_LEVEL", "one of error|warning|info|debug" },
		{ "DB_CONNECTION", "one of sqlite|mysql|mariadb" },
		{ "LISTEN", "unix:/path or host:port" },
		{ "LOG_FILE", "a text" },
		{ "STORE_TIMEOUT", "milliseconds from 1 to 10s" },
		{ "READ_TIMEOUT", "milliseconds from 100 to 60m" },
		{ "DRAIN_TIMEOUT", "milliseconds from 0 to 60m" },
		{ "CACHE_MAX_VALUE", "bytes from 1k to 64m" },
		{ "CACHE_DEFAULT_TTL", "seconds from 1 to 3650d" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = buf_in(&arena);

		option_expected(option_find(str_of(rows[i][0])), &out);
		if (!str_eq(buf_str(&out), str_of(rows[i][1])))
			fail_msg("%.*s", STR_ARG(buf_str(&out)));
	}
}

static void
a_slip_of_the_pen_finds_its_name(void **state)
{
	static const char *const rows[][2] = {
		{ "CACHE_DRIVR", "CACHE_DRIVER" },
		{ "CACHE_DEFAULT_TLL", "CACHE_DEFAULT_TTL" },
		{ "CACHESTORE", "CACHE_STORE" },
		{ "WORKER", "WORKERS" },
		{ "LISTEN_GRUOP", "LISTEN_GROUP" },
		{ "CACHE_FLAVOUR_OF_ICE", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *near = option_nearest(str_of(rows[i][0]));

		if (rows[i][1] == NULL)
			assert_null(near);
		else
			assert_string_equal(near, rows[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_default_is_a_value_of_its_option),
		cmocka_unit_test(every_member_of_the_settings_has_one_option),
		cmocka_unit_test(every_name_is_found_and_stands_once),
		cmocka_unit_test(every_help_is_a_sentence_that_ends),
		cmocka_unit_test(every_checked_text_says_what_is_expected),
		cmocka_unit_test(numbers_are_read_in_their_units),
		cmocka_unit_test(
		    wrong_values_are_refused_and_leave_the_settings_alone),
		cmocka_unit_test(good_texts_are_stored),
		cmocka_unit_test(what_is_expected_is_said_for_people),
		cmocka_unit_test(a_slip_of_the_pen_finds_its_name),
	};

	return cmocka_run_group_tests_name(
	    "option", tests, open_arena, close_arena);
}
