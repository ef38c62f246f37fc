/*
 * Locks of a file store: bytes of one lock file. They belong to the open file
 * description, so threads exclude each other as processes do when each opens
 * the file for itself, and a process that dies frees its own.
 */
#ifndef WEIR_CACHE_FILE_LOCK_H
#define WEIR_CACHE_FILE_LOCK_H

#include <stdint.h>

#include "app/base/status.h"

#define FILE_SHARDS 256

/* Which byte is what: shards come first. */
enum file_lock {
	FILE_LOCK_VALUES = 0,
	FILE_LOCK_COUNTERS = FILE_SHARDS,
	FILE_LOCK_SETUP = 2 * FILE_SHARDS,
	FILE_LOCK_UPKEEP,
	FILE_LOCK_FLUSH /* while it is held no space is flushed */
};

/*
 * ST_OK: held; taking it twice is as taking it once. ST_TIMEOUT: another still
 * has it at deadline_ms (clock_boot_ms() time), with 0 at once. ST_UNAVAILABLE
 * with errno: the file system has no locks.
 */
enum status file_lock_take(int fd, unsigned byte, int64_t deadline_ms);

void file_lock_leave(int fd, unsigned byte);

#endif
