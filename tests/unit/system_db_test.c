#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "middleware/registry/role_records.h"
#include "tests/support/system.h"

#define ROLES "SELECT COUNT(*) FROM role"
#define TOLD  "SELECT COUNT(*) FROM audit WHERE resource = 'role'"

static enum status
add(struct system_db *db, const char *name)
{
	struct role_record role = { .name = str_of(name), .active = true };

	return role_record_add(db, &role, NULL);
}

/* What the work of a test is to end with. */
static enum status
three_of_which_one_fails(struct system_db *db, void *ctx, struct error *err)
{
	(void)err;
	assert_int_equal(add(db, "a"), ST_OK);
	assert_int_equal(add(db, "a"), ST_EXISTS);
	assert_int_equal(add(db, "b"), ST_OK);
	return *(const enum status *)ctx;
}

static int64_t
version(struct system_fixture *fix)
{
	int64_t version = 0;

	assert_int_equal(system_db_version(&fix->db, &version, NULL), ST_OK);
	return version;
}

static void
a_part_that_fails_is_undone_alone(void **state)
{
	struct system_fixture *fix = *state;
	enum status outcome = ST_OK;
	int64_t before = version(fix);

	assert_int_equal(
	    system_db_write(&fix->db, three_of_which_one_fails, &outcome, NULL),
	    ST_OK);
	assert_int_equal(system_number(fix, ROLES), 2);
	assert_int_equal(system_number(fix, TOLD), 2);
	assert_int_equal(version(fix), before + 1);
}

static void
all_parts_are_undone_together(void **state)
{
	struct system_fixture *fix = *state;
	enum status outcome = ST_REFUSED;
	int64_t before = version(fix);

	assert_int_equal(
	    system_db_write(&fix->db, three_of_which_one_fails, &outcome, NULL),
	    ST_REFUSED);
	assert_int_equal(system_number(fix, ROLES), 0);
	assert_int_equal(system_number(fix, TOLD), 0);
	assert_int_equal(version(fix), before);
	assert_int_equal(add(&fix->db, "a"), ST_OK);
	assert_int_equal(version(fix), before + 1);
}

static enum status
add_then_fail(struct system_db *db, void *ctx, struct error *err)
{
	(void)ctx;
	(void)err;
	assert_int_equal(add(db, "inner"), ST_OK);
	return ST_INVALID;
}

static enum status
parts_within_a_part(struct system_db *db, void *ctx, struct error *err)
{
	assert_int_equal(
	    system_db_write(db, add_then_fail, ctx, err), ST_INVALID);
	return add(db, "outer");
}

static void
a_part_takes_its_own_parts_along(void **state)
{
	struct system_fixture *fix = *state;

	assert_int_equal(
	    system_db_write(&fix->db, parts_within_a_part, NULL, NULL), ST_OK);
	assert_int_equal(system_number(fix, ROLES), 1);
	assert_int_equal(system_number(fix, ROLES " WHERE name = 'outer'"), 1);
	assert_int_equal(system_number(fix, TOLD), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_part_that_fails_is_undone_alone, system_setup,
		    system_teardown),
		cmocka_unit_test_setup_teardown(all_parts_are_undone_together,
		    system_setup, system_teardown),
		cmocka_unit_test_setup_teardown(
		    a_part_takes_its_own_parts_along, system_setup,
		    system_teardown),
	};

	return SYSTEM_RUN("system_db", tests);
}
