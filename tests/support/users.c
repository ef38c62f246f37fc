#include "tests/support/users.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum status
user_try_add(
    struct system_fixture *fix, struct user_record *r, struct error *err)
{
	return user_record_add(&fix->db, &fix->arena, r, err);
}

int64_t
user_add(struct system_fixture *fix, const char *email)
{
	struct user_record r = {
		.email = str_of(email), .password = STR(HASH_A), .active = true
	};

	assert_int_equal(user_try_add(fix, &r, NULL), ST_OK);
	assert_true(r.id > 0);
	return r.id;
}

struct user_record
user_get(struct system_fixture *fix, int64_t id)
{
	struct user_record r = { 0 };

	assert_int_equal(
	    user_record_get(&fix->db, &fix->arena, id, &r, NULL), ST_OK);
	return r;
}
