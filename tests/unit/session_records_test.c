#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "middleware/registry/migrations.h"
#include "middleware/registry/session_records.h"
#include "middleware/registry/system_pool.h"
#include "middleware/registry/user_records.h"
#include "tests/support/system.h"

#define NOW     1700000000
#define HASH    "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define ANOTHER "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"

static struct user_record
user_add(struct system_fixture *fix, const char *email)
{
	struct user_record r = {
		.email = str_of(email), .password = STR(HASH), .active = true
	};

	fix->db.wall_ms = (int64_t)NOW * 1000;
	assert_int_equal(
	    user_record_add(&fix->db, &fix->arena, &r, NULL), ST_OK);
	return r;
}

static enum status
begin(struct system_fixture *fix, const struct user_record *user,
    const char *token, struct session_record *out)
{
	bool ended = true;
	enum status st;

	*out = (struct session_record){
		.token_id = str_of(token),
		.begun = NOW,
		.issued = NOW,
		.expires = NOW + 100,
		.address = STR("192.0.2.1"),
	};
	st = session_record_add(&fix->db, user, out, &ended, NULL);
	assert_false(ended);
	return st;
}

static enum status
find(struct system_fixture *fix, const char *token, struct session_record *out)
{
	return session_record_find(
	    &fix->db, &fix->arena, str_of(token), out, NULL);
}

static void
a_session_is_found_by_its_token_until_it_expires(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record user = user_add(fix, "a@x.org");
	struct session_record s, got;

	assert_int_equal(begin(fix, &user, "t1", &s), ST_OK);
	assert_int_equal(find(fix, "t1", &got), ST_OK);
	assert_int_equal(got.id, s.id);
	assert_int_equal(got.user_id, user.id);
	assert_int_equal(got.begun, NOW);
	assert_int_equal(got.issued, NOW);
	assert_int_equal(got.expires, NOW + 100);
	assert_false(got.forever);
	assert_true(str_eq(got.address, STR("192.0.2.1")));
	assert_int_equal(find(fix, "t2", &got), ST_MISSING);
	fix->db.wall_ms = (int64_t)(NOW + 100) * 1000;
	assert_int_equal(find(fix, "t1", &got), ST_MISSING);
}

static void
a_login_is_noted(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record user = user_add(fix, "a@x.org");
	struct session_record s;

	assert_int_equal(begin(fix, &user, "t1", &s), ST_OK);
	assert_int_equal(
	    user_record_get(&fix->db, &fix->arena, user.id, &user, NULL),
	    ST_OK);
	assert_true(str_eq(user.last_login_date, STR("2023-11-14 22:13:20")));
}

static void
what_was_verified_must_still_hold(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record user = user_add(fix, "a@x.org");
	struct user_record stale = user;
	struct session_record s;

	stale.password = STR(ANOTHER);
	assert_int_equal(begin(fix, &stale, "t1", &s), ST_DENIED);
	stale = user;
	stale.is_sys_admin = true;
	assert_int_equal(begin(fix, &stale, "t1", &s), ST_DENIED);
	system_script(fix, "UPDATE user SET is_active = 0");
	assert_int_equal(begin(fix, &user, "t1", &s), ST_DENIED);
	system_script(fix, "DELETE FROM user");
	assert_int_equal(begin(fix, &user, "t1", &s), ST_DENIED);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM user_session"), 0);
}

static void
only_the_token_in_force_is_renewed(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record user = user_add(fix, "a@x.org");
	struct session_record s, next, got;

	assert_int_equal(begin(fix, &user, "t1", &s), ST_OK);
	next = s;
	next.token_id = STR("t2");
	next.issued = NOW + 10;
	assert_int_equal(
	    session_record_renew(&fix->db, STR("t1"), &next, NULL), ST_OK);
	assert_int_equal(find(fix, "t1", &got), ST_MISSING);
	assert_int_equal(find(fix, "t2", &got), ST_OK);
	assert_int_equal(got.id, s.id);
	assert_int_equal(got.issued, NOW + 10);
	next.token_id = STR("t3");
	assert_int_equal(
	    session_record_renew(&fix->db, STR("t1"), &next, NULL), ST_MISSING);
	next.user_id++;
	assert_int_equal(
	    session_record_renew(&fix->db, STR("t2"), &next, NULL), ST_MISSING);
	next.user_id--;
	fix->db.wall_ms = (int64_t)(NOW + 100) * 1000;
	assert_int_equal(
	    session_record_renew(&fix->db, STR("t2"), &next, NULL), ST_MISSING);
}

static size_t
count(struct system_fixture *fix, int64_t user_id)
{
	struct session_record *list;
	size_t n;

	assert_int_equal(session_records_list(&fix->db, &fix->arena, user_id,
			     100, &list, &n, NULL),
	    ST_OK);
	for (size_t i = 1; i < n; i++)
		assert_true(list[i - 1].id > list[i].id);
	return n;
}

static void
sessions_end_one_by_one_or_all(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record a = user_add(fix, "a@x.org");
	struct user_record b = user_add(fix, "b@x.org");
	struct session_record s[4];
	struct error err = { 0 };

	assert_int_equal(begin(fix, &a, "a1", &s[0]), ST_OK);
	assert_int_equal(begin(fix, &a, "a2", &s[1]), ST_OK);
	assert_int_equal(begin(fix, &a, "a3", &s[2]), ST_OK);
	assert_int_equal(begin(fix, &b, "b1", &s[3]), ST_OK);
	assert_int_equal(count(fix, 0), 4);
	assert_int_equal(count(fix, a.id), 3);
	assert_int_equal(session_record_end(&fix->db, s[0].id, NULL), ST_OK);
	assert_int_equal(
	    session_record_end(&fix->db, s[0].id, &err), ST_MISSING);
	assert_non_null(strstr(err.text, "no session"));
	assert_int_equal(count(fix, a.id), 2);
	assert_int_equal(
	    session_records_end(&fix->db, a.id, s[2].id, NULL), ST_OK);
	assert_int_equal(find(fix, "a2", &s[0]), ST_MISSING);
	assert_int_equal(find(fix, "a3", &s[0]), ST_OK);
	assert_int_equal(session_records_end(&fix->db, a.id, 0, NULL), ST_OK);
	assert_int_equal(count(fix, a.id), 0);
	assert_int_equal(count(fix, b.id), 1);
}

static void
rows_of_the_past_go_with_the_next_login(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record a = user_add(fix, "a@x.org");
	struct user_record b = user_add(fix, "b@x.org");
	struct session_record s;

	assert_int_equal(begin(fix, &a, "a1", &s), ST_OK);
	fix->db.wall_ms = (int64_t)(NOW + 200) * 1000;
	assert_int_equal(begin(fix, &b, "b1", &s), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM user_session"), 1);
}

static void
the_oldest_make_room(void **state)
{
	struct system_fixture *fix = *state;
	struct user_record a = user_add(fix, "a@x.org");
	struct session_record s = {
		.token_id = STR("new"), .issued = NOW, .expires = NOW + 9
	};
	struct buf sql = { 0 };
	bool ended = false;

	buf_put_lit(&sql, "INSERT INTO user_session (user_id, token_id, begun,"
			  " issued, expires) VALUES");
	for (int i = 0; i < SESSIONS_MAX + 5; i++)
		buf_printf(&sql, "%s (%lld, 't%d', 1, 1, %d)",
		    i == 0 ? "" : ",", (long long)a.id, i, NOW + 9);
	buf_put_char(&sql, '\0');
	system_script(fix, sql.p);
	buf_free(&sql);
	assert_int_equal(
	    session_record_add(&fix->db, &a, &s, &ended, NULL), ST_OK);
	assert_true(ended);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM user_session"),
	    SESSIONS_MAX);
	assert_int_equal(find(fix, "new", &s), ST_OK);
	assert_int_equal(find(fix, "t0", &s), ST_MISSING);
	assert_int_equal(find(fix, "t5", &s), ST_MISSING);
	assert_int_equal(find(fix, "t6", &s), ST_OK);
}

/* An edit that does what the text says. */
static enum status
edit(void *ctx, struct user_record *record, struct error *err)
{
	const char *what = ctx;

	(void)err;
	if (strcmp(what, "password") == 0)
		record->password = STR(ANOTHER);
	else if (strcmp(what, "off") == 0)
		record->active = false;
	else if (strcmp(what, "on") == 0)
		record->active = true;
	else if (strcmp(what, "admin") == 0)
		record->is_sys_admin = !record->is_sys_admin;
	else
		record->phone = STR("123");
	return ST_OK;
}

static size_t
left_after(
    struct system_fixture *fix, int64_t user_id, const char *what, int64_t keep)
{
	struct user_order order = { user_id, edit, (void *)(uintptr_t)what,
		keep };
	struct user_record out;

	assert_int_equal(
	    user_record_set(&fix->db, &fix->arena, &order, &out, NULL), ST_OK);
	return count(fix, user_id);
}

static void
changes_of_the_user_end_sessions(void **state)
{
	static const struct {
		const char *what;
		bool keep;
		size_t left;
	} cases[] = {
		{ "phone", false, 2 },
		{ "password", true, 1 },
		{ "off", false, 0 },
		{ "admin", false, 0 },
	};
	struct system_fixture *fix = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct user_record a = user_add(fix, "a@x.org");
		struct session_record s, other;

		assert_int_equal(begin(fix, &a, "t1", &s), ST_OK);
		assert_int_equal(begin(fix, &a, "t2", &other), ST_OK);
		assert_int_equal(left_after(fix, a.id, cases[i].what,
				     cases[i].keep ? s.id : 0),
		    cases[i].left);
		assert_int_equal(
		    user_record_remove(&fix->db, a.id, NULL), ST_OK);
		assert_int_equal(count(fix, 0), 0);
	}
}

static void
a_pool_gives_connections_that_work(void **state)
{
	struct system_fixture *fix = *state;
	struct system_pool *pool;
	struct system_db one, two;
	int64_t soon = clock_boot_ms() + 5000;

	assert_int_equal(
	    system_pool_open(&fix->settings, 2, &pool, NULL), ST_OK);
	assert_int_equal(system_pool_take(pool, soon, &one, NULL), ST_OK);
	assert_int_equal(system_pool_take(pool, soon, &two, NULL), ST_OK);
	assert_true(one.wall_ms > 0);
	assert_int_equal(migrations_check(&one, NULL), ST_OK);
	assert_int_equal(migrations_check(&two, NULL), ST_OK);
	system_pool_give(pool, &one);
	system_pool_give(pool, &two);
	assert_null(one.conn);
	system_away(fix);
	assert_int_not_equal(system_pool_take(pool, soon, &one, NULL), ST_OK);
	system_back(fix);
	system_pool_close(pool);
}

#define TEST(test)                                                             \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_is_found_by_its_token_until_it_expires),
		TEST(a_login_is_noted),
		TEST(what_was_verified_must_still_hold),
		TEST(only_the_token_in_force_is_renewed),
		TEST(sessions_end_one_by_one_or_all),
		TEST(rows_of_the_past_go_with_the_next_login),
		TEST(the_oldest_make_room),
		TEST(changes_of_the_user_end_sessions),
		TEST(a_pool_gives_connections_that_work),
	};

	return SYSTEM_RUN("session_records", tests);
}
