#include "drivers/cache/local_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/base/clock.h"

#define LOCK_FILE     "lock"
#define FOLDER_MODE   0700
#define SETUP_BYTE    0 /* of the lock file: held while files are made */
#define USERS_BYTE    1 /* shared by all who use the store */
#define RETRY_NANOSEC 1000000

static int
folder_fd(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A folder that root makes must not lock out the user who serves from it. */
static void
folder_give(const char *path)
{
	struct stat parent;
	int fd;

	if (geteuid() != 0)
		return;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstatat(fd, "..", &parent, 0) == 0)
		(void)!fchown(fd, parent.st_uid, parent.st_gid);
	(void)close(fd);
}

enum status
local_folder_open(
    struct local_folder *folder, const char *path, struct error *err)
{
	struct stat st;

	*folder = (struct local_folder){ .fd = -1 };
	if (mkdir(path, FOLDER_MODE) == 0)
		folder_give(path);
	else if (errno != EEXIST)
		return error_set(err, ST_INVALID,
		    "CACHE_PATH: cannot make %s: %s", path, strerror(errno));
	folder->path = realpath(path, NULL);
	if (folder->path != NULL)
		folder->fd = folder_fd(folder->path);
	if (folder->fd < 0 || fstat(folder->fd, &st) != 0) {
		(void)error_set(err, ST_INVALID,
		    "CACHE_PATH: cannot open %s: %s", path, strerror(errno));
		local_folder_close(folder);
		return ST_INVALID;
	}
	folder->owner = st.st_uid;
	folder->group = st.st_gid;
	if ((st.st_mode & S_IWOTH) == 0)
		return ST_OK;
	local_folder_close(folder);
	return error_set(err, ST_INVALID,
	    "CACHE_PATH: everyone may write to %s; name a folder of its own",
	    path);
}

void
local_folder_renew(struct local_folder *folder)
{
	struct stat st;
	int fd;

	if (fstat(folder->fd, &st) == 0 && st.st_nlink > 0)
		return;
	(void)mkdir(folder->path, FOLDER_MODE);
	fd = folder_fd(folder->path);
	if (fd < 0)
		return;
	if (geteuid() == 0)
		(void)!fchown(fd, folder->owner, folder->group);
	(void)close(folder->fd);
	folder->fd = fd;
}

void
local_folder_close(struct local_folder *folder)
{
	if (folder->fd >= 0)
		(void)close(folder->fd);
	free(folder->path);
	*folder = (struct local_folder){ .fd = -1 };
}

/*
 * O_PATH: closing any other descriptor would end LMDB's locks on the file. A
 * file with a second name may be anybody's.
 */
void
local_folder_adopt(const struct local_folder *folder, const char *name)
{
	struct stat st;
	int fd;

	if (geteuid() != 0 || folder->owner == 0)
		return;
	fd = openat(folder->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1)
		(void)!fchownat(
		    fd, "", folder->owner, folder->group, AT_EMPTY_PATH);
	(void)close(fd);
}

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
local_setup_begin(const struct local_folder *folder, int64_t deadline_ms,
    int *fd, bool *alone, struct error *err)
{
	*fd = openat(folder->fd, LOCK_FILE,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return error_set(err, ST_UNAVAILABLE, "cannot open %s/%s: %s",
		    folder->path, LOCK_FILE, strerror(errno));
	local_folder_adopt(folder, LOCK_FILE);
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
