/* The files of a file store as a test finds and spoils them. The store is the
 * one of a fixture (tests/contract). */
#ifndef WEIR_TEST_FILE_ENTRY_H
#define WEIR_TEST_FILE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"
#include "drivers/cache/file_entry.h"

struct fixture;

#define FILE_PATH_BYTES 256

/* The path of the folder, of something in it, of a key's entry. */
void file_path_in(
    const struct fixture *f, const char *name, char out[FILE_PATH_BYTES]);
void file_path_of(
    const struct fixture *f, struct str key, char out[FILE_PATH_BYTES]);

bool file_is_there(const char *path);

/* Overwrites a file from `at` on; makes it when it is missing. */
void file_scribble(const char *path, long at, const void *bytes, size_t n);

/* Reads and writes the head of an entry; it gets its right sum. */
void file_head_get(const char *path, struct file_head *head);
void file_head_put(const char *path, struct file_head *head);

/* Runs the upkeep until the file has gone; asserts that it goes. */
void file_wait_gone(struct fixture *f, const char *path);

#endif
