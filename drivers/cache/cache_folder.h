/* The folder of a store in files (CACHE_PATH). */
#ifndef WEIR_CACHE_FOLDER_H
#define WEIR_CACHE_FOLDER_H

#include <stdint.h>
#include <sys/types.h>

#include "app/base/status.h"

struct cache_folder {
	char *path; /* absolute */
	int fd;
	uid_t owner;
	gid_t group;
};

/*
 * Makes the folder (0700) when it is missing; its parent must exist. ST_OK:
 * cache_folder_close() ends it. ST_INVALID: it cannot be used, err says why.
 */
enum status cache_folder_open(
    struct cache_folder *folder, const char *path, struct error *err);
void cache_folder_close(struct cache_folder *folder);

/* Makes the folder again if somebody has removed it. */
void cache_folder_renew(struct cache_folder *folder);

/*
 * Gives a file just made to the owner of the folder, when we are root: a
 * command run by root must not lock out the service.
 */
void cache_folder_adopt(const struct cache_folder *folder, const char *name);

#endif
