#include "drivers/cache/cache_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0700

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
cache_folder_open(
    struct cache_folder *folder, const char *path, struct error *err)
{
	struct stat st;

	*folder = (struct cache_folder){ .fd = -1 };
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
		cache_folder_close(folder);
		return ST_INVALID;
	}
	folder->owner = st.st_uid;
	folder->group = st.st_gid;
	if ((st.st_mode & S_IWOTH) == 0)
		return ST_OK;
	cache_folder_close(folder);
	return error_set(err, ST_INVALID,
	    "CACHE_PATH: everyone may write to %s; name a folder of its own",
	    path);
}

void
cache_folder_renew(struct cache_folder *folder)
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
cache_folder_close(struct cache_folder *folder)
{
	if (folder->fd >= 0)
		(void)close(folder->fd);
	free(folder->path);
	*folder = (struct cache_folder){ .fd = -1 };
}

/*
 * O_PATH: closing any other descriptor would end LMDB's locks on the file. A
 * file with a second name may be anybody's.
 */
void
cache_folder_adopt(const struct cache_folder *folder, const char *name)
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
