/* The folder of a local store (CACHE_PATH), and its lock file. */
#ifndef WEIR_CACHE_LOCAL_FOLDER_H
#define WEIR_CACHE_LOCAL_FOLDER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "app/base/status.h"

struct local_folder {
	char *path; /* absolute */
	int fd;
	uid_t owner;
	gid_t group;
};

/*
 * Makes the folder (0700) when it is missing; its parent must exist. ST_OK:
 * local_folder_close() ends it. ST_INVALID: it cannot be used, err says why.
 */
enum status local_folder_open(
    struct local_folder *folder, const char *path, struct error *err);
void local_folder_close(struct local_folder *folder);

/* Makes the folder again if somebody has removed it. */
void local_folder_renew(struct local_folder *folder);

/*
 * Gives a file just made to the owner of the folder, when we are root: a
 * command run by root must not lock out the service.
 */
void local_folder_adopt(const struct local_folder *folder, const char *name);

/*
 * Takes the folder's setup lock, which one process holds at a time, and marks
 * the caller as a user of the store. local_setup_done(*fd) ends the first;
 * closing *fd ends both, as does the death of the process. *alone: there was
 * no other user. ST_TIMEOUT: another still has the lock at deadline_ms.
 */
enum status local_setup_begin(const struct local_folder *folder,
    int64_t deadline_ms, int *fd, bool *alone, struct error *err);
void local_setup_done(int fd);

#endif
