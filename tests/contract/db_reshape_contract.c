/* What every database driver does to a schema: drivers/db/reshape.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/db/catalog.h"
#include "drivers/db/reshape.h"
#include "tests/contract/db_fixture.h"

static const struct catalog *
catalog_of(struct fixture *f)
{
	struct catalog *c = arena_alloc(&f->arena, sizeof(*c));
	struct error err = { .text = "" };

	assert_int_equal(
	    f->driver->catalog(f->conn, &f->arena, fixture_deadline(), c, &err),
	    ST_OK);
	return c;
}

static const struct db_table *
table_of(struct fixture *f, const char *name)
{
	return catalog_table(catalog_of(f), str_of(name));
}

static enum status
reshape(struct fixture *f, const struct reshape_step *steps, size_t n,
    struct reshape_result *result, struct error *err)
{
	struct reshape order = { .steps = steps,
		.n = n,
		.schema_version = catalog_of(f)->schema_version,
		.deadline_ms = fixture_deadline(),
		.arena = &f->arena };

	return f->driver->reshape(f->conn, &order, result, err);
}

static void
assert_reshapes(struct fixture *f, const struct reshape_step *steps, size_t n)
{
	struct error err = { .text = "" };
	struct reshape_result result;
	enum status st = reshape(f, steps, n, &result, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	assert_int_equal(result.stands, n);
}

static void
assert_refuses(struct fixture *f, const struct reshape_step *steps, size_t n,
    size_t failed)
{
	struct error err = { .text = "" };
	struct reshape_result result;
	enum status st = reshape(f, steps, n, &result, &err);

	assert_true(st == ST_INVALID || st == ST_EXISTS);
	assert_true(strlen(err.text) > 0);
	assert_int_equal(result.stands, 0);
	assert_int_equal(result.failed, failed);
	assert_false(result.in_doubt);
}

static enum status
take_number(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *out = ctx;

	assert_int_equal(n, 1);
	*out = v[0].i;
	return ST_OK;
}

static int64_t
number(struct fixture *f, const char *sql)
{
	struct db_stmt stmt = { .sql = str_of(sql) };
	struct error err = { .text = "" };
	int64_t out = -1;

	assert_int_equal(f->driver->run(f->conn, &stmt, fixture_deadline(),
			     take_number, &out, NULL, &err),
	    ST_OK);
	return out;
}

static enum status
run(struct fixture *f, const char *sql)
{
	struct db_stmt stmt = { .sql = str_of(sql) };

	return f->driver->run(
	    f->conn, &stmt, fixture_deadline(), NULL, NULL, NULL, NULL);
}

/* One column and no more. */
static struct reshape_step
simple_table(const char *name, const struct reshape_column *column)
{
	return (struct reshape_step){ .kind = STEP_CREATE,
		.create = {
		    .name = str_of(name), .columns = column, .n_columns = 1 } };
}

static const struct reshape_column id_column = {
	.name = { "id", 2 }, .type = TYPE_ID, .not_null = true
};

static void
a_table_is_made_as_it_was_ordered(void **state)
{
	struct fixture *f = *state;
	const struct reshape_column columns[] = { id_column,
		{ .name = STR("name"),
		    .type = TYPE_STRING,
		    .length = 80,
		    .not_null = true,
		    .default_kind = DEFAULT_VALUE,
		    .value = { .type = DB_TEXT, .s = STR("it's \\ odd") } },
		{ .name = STR("price"),
		    .type = TYPE_DECIMAL,
		    .precision = 10,
		    .scale = 2 },
		{ .name = STR("done"),
		    .type = TYPE_BOOLEAN,
		    .default_kind = DEFAULT_VALUE,
		    .value = { .type = DB_BOOL, .i = 1 } },
		{ .name = STR("odd`name"), .type = TYPE_TEXT },
		{ .name = STR("made"),
		    .type = TYPE_TIMESTAMP,
		    .not_null = true,
		    .default_kind = DEFAULT_NOW } };
	const struct str name[] = { STR("name") };
	const struct reshape_index index = {
		.name = STR("uq"), .columns = name, .n = 1, .is_unique = true
	};
	const struct reshape_step step = { .kind = STEP_CREATE,
		.create = { .name = STR("to`do"),
		    .columns = columns,
		    .n_columns = 6,
		    .indexes = &index,
		    .n_indexes = 1 } };
	const struct db_table *t;

	assert_reshapes(f, &step, 1);
	t = table_of(f, "to`do");
	assert_non_null(t);
	assert_int_equal(t->n_columns, 6);
	assert_true(t->columns[0].auto_increment);
	assert_int_equal(t->n_key, 1);
	assert_int_equal(t->columns[1].length, 80);
	assert_true(t->columns[1].not_null);
	assert_true(t->columns[1].is_unique);
	assert_true(str_eq(t->columns[1].default_text, STR("'it''s \\ odd'")));
	assert_int_equal(t->columns[2].precision, 10);
	assert_int_equal(t->columns[3].kind, COLUMN_BOOLEAN);
	assert_true(str_eq(t->columns[4].name, STR("odd`name")));
	assert_true(t->columns[5].has_default);
	assert_int_equal(
	    run(f, "INSERT INTO `to``do` (price) VALUES (1)"), ST_OK);
	assert_int_equal(
	    number(f, "SELECT length(name) FROM `to``do` WHERE id = 1"), 10);
}

/* One that refers to the other: the first to the second. */
static void
two_tables_order(struct reshape_step steps[2])
{
	static const struct reshape_column child[] = {
		{ .name = { "id", 2 }, .type = TYPE_ID, .not_null = true },
		{ .name = { "parent", 6 }, .type = TYPE_INTEGER },
	};
	static const struct str columns[] = { { "parent", 6 } };
	static const struct str ref_columns[] = { { "id", 2 } };
	static const struct reshape_key key = { .name = { "fk_c", 4 },
		.columns = columns,
		.ref_columns = ref_columns,
		.n = 1,
		.ref_table = { "p", 1 },
		.on_update = { "CASCADE", 7 },
		.on_delete = { "SET NULL", 8 } };

	steps[0] = (struct reshape_step){ .kind = STEP_CREATE,
		.create = { .name = STR("c"),
		    .columns = child,
		    .n_columns = 2,
		    .keys = &key,
		    .n_keys = 1 } };
	steps[1] = simple_table("p", &id_column);
}

static void
tables_may_refer_to_what_is_made_with_them(void **state)
{
	struct fixture *f = *state;
	struct reshape_step steps[2];
	const struct foreign_key *key;

	two_tables_order(steps);
	assert_reshapes(f, steps, 2);
	assert_int_equal(table_of(f, "c")->n_foreign_keys, 1);
	key = &table_of(f, "c")->foreign_keys[0];
	assert_true(str_eq(key->ref_table, STR("p")));
	assert_true(str_eq(key->on_update, STR("CASCADE")));
	assert_true(str_eq(key->on_delete, STR("SET NULL")));
	assert_int_equal(
	    run(f, "INSERT INTO c (parent) VALUES (7)"), ST_INVALID);
}

static void
what_fails_leaves_nothing_that_was_made_for_it(void **state)
{
	struct fixture *f = *state;
	struct reshape_step steps[3];

	fixture_script(f, "CREATE TABLE old (a INTEGER)");
	two_tables_order(steps);
	steps[2] = simple_table("old", &id_column);
	assert_refuses(f, steps, 3, 2);
	assert_null(table_of(f, "c"));
	assert_null(table_of(f, "p"));
	assert_int_equal(table_of(f, "old")->n_columns, 1);
	assert_int_equal(run(f, "INSERT INTO old VALUES (1)"), ST_OK);
}

#define ROWS                                                                   \
	"CREATE TABLE p (id $id);"                                             \
	"INSERT INTO p VALUES (1), (2);"                                       \
	"CREATE TABLE t (id $id, name VARCHAR(20) NOT NULL, note TEXT, "       \
	"n INTEGER, p INTEGER, FOREIGN KEY (p) REFERENCES p (id));"            \
	"CREATE INDEX t_n ON t (n);"                                           \
	"INSERT INTO t VALUES (3, 'one', 'a', 1, 1), (5, 'two', NULL, 2, 2), " \
	"(9, 'three', 'c', NULL, NULL);"

static void
columns_are_added_changed_and_dropped_under_the_rows(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;
	struct reshape_column add[] = {
		{ .name = STR("x"),
		    .type = TYPE_STRING,
		    .length = 5,
		    .not_null = true,
		    .default_kind = DEFAULT_VALUE,
		    .value = { .type = DB_TEXT, .s = STR("new") } },
		{ .name = STR("made"),
		    .type = TYPE_DATETIME,
		    .default_kind = DEFAULT_NOW }
	};
	struct reshape_change change = { .retypes = true, .renulls = true };
	const struct column *drop[1];
	struct reshape_step step = { .kind = STEP_ALTER };

	fixture_script(f, ROWS);
	t = table_of(f, "t");
	drop[0] = table_column(t, STR("note"));
	change.column = table_column(t, STR("name"));
	change.to = (struct reshape_column){
		.name = STR("name"), .type = TYPE_STRING, .length = 40
	};
	step.alter = (struct reshape_alter){ .table = t,
		.add = add,
		.n_add = 2,
		.change = &change,
		.n_change = 1,
		.drop = drop,
		.n_drop = 1 };
	assert_reshapes(f, &step, 1);
	t = table_of(f, "t");
	assert_int_equal(t->n_columns, 6);
	assert_null(table_column(t, STR("note")));
	assert_int_equal(table_column(t, STR("name"))->length, 40);
	assert_false(table_column(t, STR("name"))->not_null);
	assert_true(table_column(t, STR("n"))->is_index);
	assert_true(table_column(t, STR("id"))->auto_increment);
	assert_int_equal(t->n_foreign_keys, 1);
	assert_int_equal(
	    number(f, "SELECT count(*) FROM t WHERE x = 'new'"), 3);
	assert_int_equal(
	    number(f, "SELECT CAST(sum(id) AS INTEGER) FROM t"), 17);
	assert_int_equal(number(f, "SELECT CAST(sum(n) AS INTEGER) FROM t"), 3);
	assert_int_equal(
	    number(f, "SELECT count(*) FROM t WHERE name = 'three'"), 1);
	assert_int_equal(run(f, "INSERT INTO t (p) VALUES (77)"), ST_INVALID);
}

static void
what_rows_do_not_allow_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;
	struct reshape_change change = { .renulls = true };
	struct reshape_step step = { .kind = STEP_ALTER };

	fixture_script(f, ROWS);
	t = table_of(f, "t");
	change.column = table_column(t, STR("note"));
	change.to = (struct reshape_column){
		.name = STR("note"), .type = TYPE_TEXT, .not_null = true
	};
	step.alter = (struct reshape_alter){
		.table = t, .change = &change, .n_change = 1
	};
	assert_refuses(f, &step, 1, 0);
	change.column = table_column(t, STR("name"));
	change.renulls = false;
	change.retypes = true;
	change.to = (struct reshape_column){ .name = STR("name"),
		.type = TYPE_INTEGER };
	assert_refuses(f, &step, 1, 0);
	assert_int_equal(number(f, "SELECT count(*) FROM t"), 3);
	assert_int_equal(
	    table_column(table_of(f, "t"), STR("name"))->length, 20);
}

static void
indexes_and_keys_come_and_go(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;
	const struct str name[] = { STR("name") }, n[] = { STR("n") };
	const struct str id[] = { STR("id") };
	const struct reshape_index index = {
		.name = STR("u"), .columns = name, .n = 1, .is_unique = true
	};
	const struct reshape_key key = { .name = STR("k"),
		.columns = n,
		.ref_columns = id,
		.n = 1,
		.ref_table = STR("p") };
	const struct db_index *drop[1];
	const struct foreign_key *keys[1];
	struct reshape_step step = { .kind = STEP_ALTER };

	fixture_script(f, ROWS);
	t = table_of(f, "t");
	keys[0] = &t->foreign_keys[0];
	step.alter = (struct reshape_alter){ .table = t,
		.add_indexes = &index,
		.n_add_indexes = 1,
		.add_keys = &key,
		.n_add_keys = 1,
		.drop_keys = keys,
		.n_drop_keys = 1 };
	assert_reshapes(f, &step, 1);
	t = table_of(f, "t");
	assert_true(table_column(t, STR("name"))->is_unique);
	assert_int_equal(t->n_foreign_keys, 1);
	assert_true(str_eq(t->foreign_keys[0].columns[0], STR("n")));
	for (size_t i = 0; i < t->n_indexes; i++) {
		if (t->indexes[i].is_unique)
			drop[0] = &t->indexes[i];
	}
	step.alter = (struct reshape_alter){
		.table = t, .drop_indexes = drop, .n_drop_indexes = 1
	};
	assert_reshapes(f, &step, 1);
	assert_false(table_column(table_of(f, "t"), STR("name"))->is_unique);
	assert_int_equal(number(f, "SELECT count(*) FROM t"), 3);
}

static void
a_key_that_rows_break_is_refused(void **state)
{
	struct fixture *f = *state;
	const struct str n[] = { STR("id") };
	const struct reshape_key key = { .name = STR("k"),
		.columns = n,
		.ref_columns = n,
		.n = 1,
		.ref_table = STR("p") };
	struct reshape_step step = { .kind = STEP_ALTER };

	fixture_script(f, ROWS);
	step.alter = (struct reshape_alter){
		.table = table_of(f, "t"), .add_keys = &key, .n_add_keys = 1
	};
	assert_refuses(f, &step, 1, 0);
	assert_int_equal(table_of(f, "t")->n_foreign_keys, 1);
}

static void
a_table_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct reshape_step step = { .kind = STEP_DROP };

	fixture_script(f, ROWS);
	step.drop = table_of(f, "t");
	assert_reshapes(f, &step, 1);
	assert_null(table_of(f, "t"));
	assert_int_equal(number(f, "SELECT count(*) FROM p"), 2);
}

static void
a_key_is_not_given_twice_after_a_change(void **state)
{
	struct fixture *f = *state;
	const struct reshape_step make = simple_table("s", &id_column);
	const struct reshape_column add = { .name = STR("a"),
		.type = TYPE_DATETIME,
		.not_null = true,
		.default_kind = DEFAULT_NOW };
	struct reshape_step step = { .kind = STEP_ALTER };

	assert_reshapes(f, &make, 1);
	assert_int_equal(run(f, "INSERT INTO s VALUES (41)"), ST_OK);
	assert_int_equal(run(f, "DELETE FROM s"), ST_OK);
	step.alter = (struct reshape_alter){
		.table = table_of(f, "s"), .add = &add, .n_add = 1
	};
	assert_reshapes(f, &step, 1);
	assert_int_equal(
	    run(f, "INSERT INTO s (a) VALUES ('2024-01-01')"), ST_OK);
	assert_int_equal(number(f, "SELECT id FROM s"), 42);
}

int
main(void)
{
	const struct promise promises[] = {
		PROMISE(a_table_is_made_as_it_was_ordered),
		PROMISE(tables_may_refer_to_what_is_made_with_them),
		PROMISE(what_fails_leaves_nothing_that_was_made_for_it),
		PROMISE(columns_are_added_changed_and_dropped_under_the_rows),
		PROMISE(what_rows_do_not_allow_is_refused),
		PROMISE(indexes_and_keys_come_and_go),
		PROMISE(a_key_that_rows_break_is_refused),
		PROMISE(a_table_is_dropped),
		PROMISE(a_key_is_not_given_twice_after_a_change),
	};

	return fixture_run(promises, sizeof(promises) / sizeof(promises[0]));
}
