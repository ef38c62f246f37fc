#include "drivers/cache/local_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "drivers/cache/cache_folder.h"

#define LOCK_FILE     "lock"
#define SETUP_BYTE    0 /* of the lock file: held while files are made */
#define USERS_BYTE    1 /* shared by all who use the store */
#define RETRY_NANOSEC 1000000

/*
 * Locks of the open file description, not of the process: they are not lost
 * when some other descriptor of the file is closed.
 */
static bool
byte_lock(int fd, int command, short type, off_t byte)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = byte,
		.l_len = 1,
	};

	if (fcntl(fd, command, &lock) != 0)
		return false;
	return command != F_OFD_GETLK || lock.l_type == F_UNLCK;
}

static bool
setup_lock(int fd, int64_t deadline_ms)
{
	const struct timespec pause = { 0, RETRY_NANOSEC };

	while (!byte_lock(fd, F_OFD_SETLK, F_WRLCK, SETUP_BYTE)) {
		if (clock_boot_ms() >= deadline_ms)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

enum status
local_setup_begin(const struct cache_folder *folder, int64_t deadline_ms,
    int *fd, bool *alone, struct error *err)
{
	*fd = openat(folder->fd, LOCK_FILE,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return error_set(err, ST_UNAVAILABLE, "cannot open %s/%s: %s",
		    folder->path, LOCK_FILE, strerror(errno));
	cache_folder_adopt(folder, LOCK_FILE);
	if (!setup_lock(*fd, deadline_ms)) {
		(void)close(*fd);
		return error_set(err, ST_TIMEOUT,
		    "%s: another process is still opening the store",
		    folder->path);
	}
	*alone = byte_lock(*fd, F_OFD_GETLK, F_WRLCK, USERS_BYTE);
	if (byte_lock(*fd, F_OFD_SETLK, F_RDLCK, USERS_BYTE))
		return ST_OK;
	(void)close(*fd);
	return error_set(err, ST_UNAVAILABLE, "%s/%s: cannot lock: %s",
	    folder->path, LOCK_FILE, strerror(errno));
}

void
local_setup_done(int fd)
{
	(void)byte_lock(fd, F_OFD_SETLK, F_UNLCK, SETUP_BYTE);
}
