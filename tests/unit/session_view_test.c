#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "middleware/session_memory.h"
#include "middleware/session_view.h"

static const struct session_version version = { .bytes = "fifteen letters",
	.incarnation = "another fifteen" };
static const struct principal_role roles[] = { { 1, 2 }, { 3, 4 } };
static const struct principal_lookup lookups[] = {
	{ { "region", 6 }, { "north", 5 } },
	{ { "empty", 5 }, { "", 0 } },
};

static struct arena arena;

static int
setup(void **state)
{
	(void)state;
	if (!secret_init())
		return -1;
	arena_init(&arena, 4096);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static struct session_view
view_of(enum session_state state)
{
	struct session_view view = {
		.state = state,
		.who = { .id = 7,
		    .is_sys_admin = true,
		    .name = STR("Ann"),
		    .first_name = STR("A"),
		    .last_name = STR("N"),
		    .email = STR("ann@x.org"),
		    .username = STR_NULL,
		    .phone = STR("1"),
		    .last_login_date = STR("2026-01-01 00:00:00"),
		    .roles = roles,
		    .n_roles = 2,
		    .lookups = lookups,
		    .n_lookups = 2,
		    .session_id = 9 },
	};

	session_subject(view.who.email, view.subject);
	return view;
}

static void
what_is_packed_is_read_again(void **state)
{
	struct session_view view = view_of(SESSION_GOOD), out;
	struct str bytes = session_view_pack(&arena, &view, &version);
	struct session_version of;

	(void)state;
	assert_true(session_view_version(bytes, &of));
	assert_memory_equal(&of, &version, sizeof(of));
	assert_true(session_view_unpack(&arena, bytes, &version, &out));
	assert_int_equal(out.state, SESSION_GOOD);
	assert_memory_equal(out.subject, view.subject, sizeof(out.subject));
	assert_int_equal(out.who.id, 7);
	assert_int_equal(out.who.session_id, 9);
	assert_true(out.who.is_sys_admin);
	assert_true(str_eq(out.who.name, STR("Ann")));
	assert_true(str_eq(out.who.first_name, STR("A")));
	assert_true(str_eq(out.who.last_name, STR("N")));
	assert_true(str_eq(out.who.email, STR("ann@x.org")));
	assert_int_equal(out.who.username.n, 0);
	assert_true(str_eq(out.who.phone, STR("1")));
	assert_true(
	    str_eq(out.who.last_login_date, STR("2026-01-01 00:00:00")));
	assert_int_equal(out.who.n_roles, 2);
	assert_memory_equal(out.who.roles, roles, sizeof(roles));
	assert_int_equal(out.who.n_lookups, 2);
	assert_true(str_eq(out.who.lookups[0].value, STR("north")));
	assert_true(str_eq(out.who.lookups[1].name, STR("empty")));
	assert_int_equal(out.who.lookups[1].value.n, 0);
}

static void
every_state_is_kept(void **state)
{
	(void)state;
	for (int i = SESSION_GOOD; i <= SESSION_NOBODY; i++) {
		struct session_view view = { .state = (enum session_state)i,
			.who.id = 5 };
		struct session_view out;

		assert_true(session_view_unpack(&arena,
		    session_view_pack(&arena, &view, &version), &version,
		    &out));
		assert_int_equal(out.state, i);
		assert_int_equal(out.who.id, 5);
		assert_int_equal(out.who.n_roles, 0);
	}
}

static void
another_version_is_not_read(void **state)
{
	struct session_view view = view_of(SESSION_GOOD), out;
	struct str bytes = session_view_pack(&arena, &view, &version);
	struct session_version other = version;

	(void)state;
	other.bytes[3] ^= 1;
	assert_false(session_view_unpack(&arena, bytes, &other, &out));
	other = version;
	other.incarnation[15] ^= 1; /* another life of the store */
	assert_false(session_view_unpack(&arena, bytes, &other, &out));
}

static void
damaged_bytes_are_not_read(void **state)
{
	struct session_view view = view_of(SESSION_GOOD), out;
	struct str bytes = session_view_pack(&arena, &view, &version);
	char *longer = arena_zalloc(&arena, bytes.n + 1);

	(void)state;
	for (size_t n = 0; n < bytes.n; n++)
		assert_false(session_view_unpack(
		    &arena, str_make(bytes.p, n), &version, &out));
	memcpy(longer, bytes.p, bytes.n);
	assert_false(session_view_unpack(
	    &arena, str_make(longer, bytes.n + 1), &version, &out));
	/* Whatever a byte becomes, it is read or not, without harm. */
	for (size_t i = 0; i < bytes.n; i++) {
		struct str copy = arena_dup(&arena, bytes);
		char *p = (char *)(uintptr_t)copy.p;

		p[i] = (char)0xFF;
		(void)session_view_unpack(&arena, copy, &version, &out);
	}
}

static void
a_subject_is_of_one_e_mail(void **state)
{
	char a[SESSION_SUBJECT_BYTES], b[SESSION_SUBJECT_BYTES];

	(void)state;
	session_subject(STR("a@x.org"), a);
	session_subject(STR("a@x.org"), b);
	assert_memory_equal(a, b, sizeof(a));
	session_subject(STR("b@x.org"), b);
	assert_memory_not_equal(a, b, sizeof(a));
}

static void
what_is_remembered_is_the_last(void **state)
{
	struct session_memory *m = session_memory_new();
	struct str got;

	(void)state;
	assert_false(session_memory_get(m, &arena, STR("t1"), &got));
	session_memory_put(m, STR("t1"), STR("one"));
	session_memory_put(m, STR("t2"), STR("two"));
	assert_true(session_memory_get(m, &arena, STR("t1"), &got));
	assert_true(str_eq(got, STR("one")));
	session_memory_put(m, STR("t1"), STR("another"));
	assert_true(session_memory_get(m, &arena, STR("t1"), &got));
	assert_true(str_eq(got, STR("another")));
	assert_true(session_memory_get(m, &arena, STR("t2"), &got));
	assert_true(str_eq(got, STR("two")));
	session_memory_free(m);
}

static void
memory_is_bounded(void **state)
{
	static char large[SESSION_MEMORY_BYTES_MAX + 1];
	struct session_memory *m = session_memory_new();
	struct str got;
	size_t found = 0;
	char id[24];

	(void)state;
	session_memory_put(m, STR("large"), str_make(large, sizeof(large)));
	assert_false(session_memory_get(m, &arena, STR("large"), &got));
	for (int i = 0; i < 50000; i++) {
		(void)snprintf(id, sizeof(id), "token%d", i);
		session_memory_put(m, str_of(id), str_of(id));
	}
	for (int i = 0; i < 50000; i++) {
		(void)snprintf(id, sizeof(id), "token%d", i);
		if (!session_memory_get(m, &arena, str_of(id), &got))
			continue;
		assert_true(str_eq(got, str_of(id)));
		found++;
	}
	assert_true(found > 0 && found <= 4096);
	assert_true(session_memory_get(m, &arena, str_of(id), &got));
	session_memory_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_is_read_again),
		cmocka_unit_test(every_state_is_kept),
		cmocka_unit_test(another_version_is_not_read),
		cmocka_unit_test(damaged_bytes_are_not_read),
		cmocka_unit_test(a_subject_is_of_one_e_mail),
		cmocka_unit_test(what_is_remembered_is_the_last),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
