/*
 * The upkeep of a file store: what has expired goes, as do files left behind,
 * and what is there is counted anew. A shard at a time, and a short while a
 * second, so that a large store is looked through in minutes.
 */
#ifndef WEIR_CACHE_FILE_SWEEP_H
#define WEIR_CACHE_FILE_SWEEP_H

struct file_store;

/* One process at a time, and once a second; others return at once. */
void file_sweep(struct file_store *store);

#endif
