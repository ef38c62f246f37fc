/* An empty database for each driver, for the suite in db_contract.c. */
#ifndef WEIR_TESTS_DB_FIXTURE_H
#define WEIR_TESTS_DB_FIXTURE_H

#include "app/base/arena.h"
#include "drivers/db/db.h"

struct fixture {
	const struct db_driver *driver;
	struct db_config config;
	struct db_config other_way; /* another way to the same database */
	struct arena arena;
	char folder[64];
	char path[96];
	char link[96];
	struct db_conn *conn;
};

/* Makes the database and connects; asserts that it can. */
void fixture_open(struct fixture *f, const struct db_driver *driver);

/* Disconnects and removes the database. */
void fixture_close(struct fixture *f);

/* Another connection to the same database. */
struct db_conn *fixture_connect(struct fixture *f);

/* A deadline so far away that only a hang would meet it. */
int64_t fixture_deadline(void);

/* Runs statements that must succeed. */
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
