#include "tests/contract/db_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "app/base/clock.h"

#define HANG_MS 60000

int64_t
fixture_deadline(void)
{
	return clock_boot_ms() + HANG_MS;
}

static void
sqlite_place(struct fixture *f)
{
	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/weir-db-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	(void)snprintf(f->path, sizeof(f->path), "%s/a.db", f->folder);
	(void)snprintf(f->link, sizeof(f->link), "%s/link.db", f->folder);
	assert_int_equal(symlink(f->path, f->link), 0);
	f->config = (struct db_config){
		.driver = "sqlite", .database = f->path, .create = true
	};
	f->other_way = f->config;
	f->other_way.database = f->link;
}

static void
remove_beside(const char *path, const char *suffix)
{
	char name[128];

	(void)snprintf(name, sizeof(name), "%s%s", path, suffix);
	(void)unlink(name); /* may never have been there */
}

static void
sqlite_leave(struct fixture *f)
{
	(void)unlink(f->link);
	remove_beside(f->path, "-wal");
	remove_beside(f->path, "-shm");
	(void)unlink(f->path);
	assert_int_equal(rmdir(f->folder), 0);
}

static void
mysql_place(struct fixture *f)
{
	mariadb_create(f->name);
	f->config = mariadb_config(f->name);
	f->other_way = mariadb_tcp_config(f->name);
}

static void
mysql_leave(struct fixture *f)
{
	mariadb_drop(f->name);
}

static const struct engine {
	const char *driver;
	void (*place)(struct fixture *f);
	void (*leave)(struct fixture *f);
	const char *id;
	const char *endless;
	bool begin_locks;
} engines[] = {
	{ "sqlite", sqlite_place, sqlite_leave, "INTEGER PRIMARY KEY",
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
	    "SELECT count(*) FROM n",
	    true },
	{ "mysql", mysql_place, mysql_leave,
	    "INTEGER PRIMARY KEY AUTO_INCREMENT", "SELECT SLEEP(600)", false },
};

static const struct engine *
engine_of(const struct fixture *f)
{
	size_t i = 0;

	while (strcmp(engines[i].driver, f->driver->name) != 0)
		assert_true(++i < sizeof(engines) / sizeof(engines[0]));
	return &engines[i];
}

const char *
fixture_endless(const struct fixture *f)
{
	return engine_of(f)->endless;
}

bool
fixture_begin_locks(const struct fixture *f)
{
	return engine_of(f)->begin_locks;
}

void
fixture_open(struct fixture *f, const struct db_driver *driver)
{
	*f = (struct fixture){ .driver = driver };
	arena_init(&f->arena, 4096);
	engine_of(f)->place(f);
	f->conn = fixture_connect(f);
}

struct db_conn *
fixture_connect(struct fixture *f)
{
	struct error err = { .text = "" };
	struct db_conn *conn = NULL;
	enum status st;

	st = f->driver->connect(&f->config, fixture_deadline(), &conn, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	return conn;
}

void
fixture_refresh(struct fixture *f)
{
	if (f->driver->usable(f->conn, DB_ASK))
		return;
	f->driver->disconnect(f->conn);
	f->conn = NULL; /* for the end of a test that cannot connect */
	f->conn = fixture_connect(f);
}

void
fixture_close(struct fixture *f)
{
	f->driver->disconnect(f->conn);
	arena_close(&f->arena);
	engine_of(f)->leave(f);
}

void
fixture_script(struct fixture *f, const char *sql)
{
	struct error err = { .text = "" };
	struct buf text = buf_in(&f->arena);
	struct str rest = str_of(sql);
	enum status st;

	while (rest.p != NULL) {
		buf_put(&text, str_cut(&rest, '$'));
		if (!str_starts(rest, STR("id")))
			continue;
		buf_put(&text, str_of(engine_of(f)->id));
		rest = str_skip(rest, 2);
	}
	buf_put_char(&text, '\0');
	st = f->driver->script(f->conn, text.p, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
}

static int
set_up(void **state)
{
	struct fixture *f = malloc(sizeof(*f));

	assert_non_null(f);
	fixture_open(f, *state);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_close(*state);
	free(*state);
	return 0;
}

static size_t
drivers_count(void)
{
	size_t n = 0;

	while (db_drivers[n] != NULL)
		n++;
	return n;
}

/* TAP shows the name: "sqlite: a_committed_transaction_stays". */
static struct CMUnitTest
test_of(const struct promise *p, const struct db_driver *driver)
{
	char *name = malloc(strlen(driver->name) + strlen(p->name) + 3);

	if (name == NULL)
		abort();
	(void)sprintf(name, "%s: %s", driver->name, p->name);
	return (struct CMUnitTest){ .name = name,
		.test_func = p->test,
		.setup_func = set_up,
		.teardown_func = tear_down,
		.initial_state = (void *)(uintptr_t)driver };
}

int
fixture_run(const struct promise *promises, size_t n)
{
	size_t total = n * drivers_count();
	struct CMUnitTest *tests = calloc(total, sizeof(*tests));
	int failed;

	if (tests == NULL)
		abort();
	for (size_t i = 0; i < total; i++)
		tests[i] = test_of(&promises[i % n], db_drivers[i / n]);
	failed =
	    _cmocka_run_group_tests("db drivers", tests, total, NULL, NULL);
	for (size_t i = 0; i < total; i++)
		free((char *)(uintptr_t)tests[i].name);
	free(tests);
	return failed;
}
