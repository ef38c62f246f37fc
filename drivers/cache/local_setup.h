/* The lock file of a local store: who sets it up, and who uses it. */
#ifndef WEIR_CACHE_LOCAL_SETUP_H
#define WEIR_CACHE_LOCAL_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_folder;

/*
 * Takes the folder's setup lock, which one process holds at a time, and marks
 * the caller as a user of the store. local_setup_done(*fd) ends the first;
 * closing *fd ends both, as does the death of the process. *alone: there was
 * no other user. ST_TIMEOUT: another still has the lock at deadline_ms.
 */
enum status local_setup_begin(const struct cache_folder *folder,
    int64_t deadline_ms, int *fd, bool *alone, struct error *err);
void local_setup_done(int fd);

#endif
