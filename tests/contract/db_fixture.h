/*
 * An empty database for each driver, for the suites of this folder. What the
 * engines word differently stands in db_fixture.c, by driver.
 */
#ifndef WEIR_TESTS_DB_FIXTURE_H
#define WEIR_TESTS_DB_FIXTURE_H

#include "app/base/arena.h"
#include "drivers/db/db.h"
#include "tests/support/mariadb.h"

struct fixture {
	const struct db_driver *driver;
	struct db_config config;
	struct db_config other_way; /* another way to the same database */
	struct arena arena;
	char folder[64]; /* sqlite: of its files */
	char path[96];
	char link[96];
	char name[MARIADB_NAME_BYTES]; /* mysql: of the database */
	struct db_conn *conn;
};

/* Makes the database and connects; asserts that it can. */
void fixture_open(struct fixture *f, const struct db_driver *driver);

/* Disconnects and removes the database. */
void fixture_close(struct fixture *f);

/* Another connection to the same database. */
struct db_conn *fixture_connect(struct fixture *f);

/* Another connection for f->conn when that one is done for. */
void fixture_refresh(struct fixture *f);

/* A deadline so far away that only a hang would meet it. */
int64_t fixture_deadline(void);

/* A query without an end, which gives numbers. */
const char *fixture_endless(const struct fixture *f);

/* begin() itself waits for other transactions that write. */
bool fixture_begin_locks(const struct fixture *f);

/* Runs statements that must succeed; $id is the type of a key that counts. */
void fixture_script(struct fixture *f, const char *sql);

/* What every driver must keep; its state is a struct fixture. */
struct promise {
	const char *name;
	void (*test)(void **state);
};

#define PROMISE(f)                                                             \
	{                                                                      \
#f, f                                                          \
	}

/* Runs all promises on all drivers; what main() returns. */
int fixture_run(const struct promise *promises, size_t n);

#endif
