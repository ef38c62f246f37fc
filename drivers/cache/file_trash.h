/*
 * A flush is one rename: the folder of the space goes to the trash, and who
 * writes to the space makes it anew. The files go afterwards, and fill the
 * store until then.
 */
#ifndef WEIR_CACHE_FILE_TRASH_H
#define WEIR_CACHE_FILE_TRASH_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct file_store;

/* ST_OK also when the space holds nothing. ST_TIMEOUT, ST_FULL,
 * ST_UNAVAILABLE. */
enum status file_trash_put(
    struct file_store *store, struct str space, int64_t deadline_ms);

/* Removes what is in the trash, until the store fills no more than `most`
 * bytes or until_ms has come. */
void file_trash_empty(struct file_store *store, int64_t until_ms, int64_t most);

#endif
