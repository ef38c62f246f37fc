/* A tree of the driver "local" for one test, in a folder of its own. What
 * fails that should not fails the test. */
#ifndef WEIR_TEST_FILE_PLACE_H
#define WEIR_TEST_FILE_PLACE_H

#include "app/base/arena.h"
#include "drivers/file/file.h"
#include "tests/support/folder.h"

#define D (&file_local)

struct place {
	char folder[FOLDER_PATH_BYTES];
	char root[FOLDER_PATH_BYTES + 8];
	struct file_tree *tree;
	struct arena arena;
	struct error err;
};

int place_setup(void **state);

/* As on a file system that knows no files without names. */
int place_setup_named(void **state);
int place_teardown(void **state);

/* Opens the tree once more. */
void place_open(struct place *p, bool named_only);

void place_no_error(struct place *p);

/* Without the driver: where a path lies, a file made, what it holds. */
const char *place_at(struct place *p, const char *path);
void place_make(struct place *p, const char *path, const char *text);
void place_assert_content(struct place *p, const char *path, const char *text);

/* By the driver. Whoever holds the folder is not waited for. */
enum status place_put(
    struct place *p, const char *path, const char *text, enum file_mode mode);
enum status place_put_judged(struct place *p, const char *path,
    const char *text, enum file_mode mode, struct file_judge judge);
enum status place_look(
    struct place *p, const char *path, struct file_info *info);
enum status place_read(struct place *p, const char *path, const char *text);

/* The names of a folder, "a b/ c@": a folder, a link. */
void place_assert_listed(struct place *p, const char *path, const char *names);

#endif
