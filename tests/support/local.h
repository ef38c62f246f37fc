/* A local store in a temporary folder, opened below the driver. */
#ifndef WEIR_TEST_LOCAL_H
#define WEIR_TEST_LOCAL_H

#include "app/base/arena.h"
#include "drivers/cache/cache_folder.h"
#include "drivers/cache/local_entry.h"
#include "drivers/cache/local_store.h"
#include "tests/support/folder.h"

#define LOCAL_MEMORY    (4 << 20)
#define LOCAL_MAX_VALUE (256 << 10)

/* What the fixture asks for. */
extern const struct local_wish local_wish;

struct local_fixture {
	char path[FOLDER_PATH_BYTES];
	struct cache_folder folder;
	struct local_store *store;
	struct arena arena;
};

/* cmocka set-up and tear-down; *state becomes a struct local_fixture. */
int local_set_up(void **state);
int local_tear_down(void **state);

/* Opens the store of the folder; asserts that it can. */
struct local_store *local_open(struct local_fixture *f);

/* Closes and opens the store of the fixture. */
void local_reopen(struct local_fixture *f);

/* A write transaction, and its end; asserts that both succeed. */
struct values local_begin(struct local_fixture *f);
void local_commit(struct values *v);

/* Overwrites a file of the folder from `at` on. */
void local_scribble(struct local_fixture *f, const char *name, long at,
    const void *bytes, size_t n);

/* A time by which everything has happened. */
int64_t local_deadline(void);

/* n bytes of one letter, in the arena. */
struct str local_text(struct local_fixture *f, size_t n, char letter);

#endif
