/*
 * One operation on a value, in its file. Reading takes no lock: it opens one
 * file. Every change takes the lock of its shard, for the moment of looking at
 * the old file and naming the new one, so that ADD, PULL and TOUCH are exact
 * and no SET is lost to an ADD that replaces what has expired.
 */
#ifndef WEIR_CACHE_FILE_VALUES_H
#define WEIR_CACHE_FILE_VALUES_H

#include <stdint.h>

struct cache_op;
struct file_store;

/* Sets the status of op, which concerns no counter. */
void file_values_run(
    struct file_store *store, struct cache_op *op, int64_t deadline_ms);

#endif
