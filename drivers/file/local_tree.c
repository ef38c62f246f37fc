#include "drivers/file/local_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "app/base/clock.h"

/* A path with ".." in a link may have to be tried again while others rename. */
#define TRIES_MAX 8

#define LOCK_WAIT_NS 2000000 /* between two tries */

static int
resolve(const struct file_tree *tree, struct str path, int flags, uint64_t how)
{
	char text[FILE_PATH_MAX + 1] = ".";
	struct open_how open_how = { .flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | how };
	long fd = -1;

	if (path.n > FILE_PATH_MAX || str_find(path, '\0') < path.n) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (path.n > 0) {
		memcpy(text, path.p, path.n);
		text[path.n] = '\0';
	}
	for (int i = 0; i < TRIES_MAX && fd < 0; i++) {
		fd = syscall(
		    SYS_openat2, tree->root, text, &open_how, sizeof(open_how));
		if (fd < 0 && errno != EINTR &&
		    (errno != EAGAIN || (how & RESOLVE_CACHED) != 0))
			break;
	}
	return (int)fd;
}

int
local_open_root(const char *path, int flags, bool known)
{
	const struct open_how how = { .flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = known ? RESOLVE_CACHED : 0 };

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

int
local_open_at(const struct file_tree *tree, struct str path, int flags,
    enum local_links links)
{
	return resolve(tree, path, flags,
	    links == LOCAL_LINKS_NONE ? RESOLVE_NO_SYMLINKS : 0);
}

int
local_open_known(const struct file_tree *tree, struct str path, int flags)
{
	return resolve(tree, path, flags, RESOLVE_NO_SYMLINKS | RESOLVE_CACHED);
}

int
local_open_folder(const struct file_tree *tree, struct str path,
    char name[LOCAL_NAME_BYTES], enum status *st, struct error *err)
{
	struct str last = file_path_name(path);
	struct str folder = file_path_folder(path);
	int fd;

	*st = ST_OK;
	if (last.n == 0 || last.n > FILE_NAME_MAX) {
		*st = error_set(err, ST_DENIED,
		    "The root of the service itself is not changed.");
		return -1;
	}
	memcpy(name, last.p, last.n);
	name[last.n] = '\0';
	fd = local_open_at(
	    tree, folder, O_RDONLY | O_DIRECTORY, LOCAL_LINKS_NONE);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		*st = error_set(err, ST_MISSING,
		    "Folder '%.*s/' does not exist.", STR_ARG(folder));
	else if (fd < 0)
		*st = local_fail(err, errno, "write to", folder);
	return fd;
}

enum status
local_fail(struct error *err, int code, const char *verb, struct str path)
{
	switch (code) {
	case ENOENT:
	case ENOTDIR:
		return error_set(
		    err, ST_MISSING, "'%.*s' does not exist.", STR_ARG(path));
	case ELOOP:
	case EXDEV:
		return error_set(err, ST_DENIED,
		    "Weir does not %s '%.*s': the path leads through a link "
		    "that may lead out of the root of the service, or that "
		    "would be written through.",
		    verb, STR_ARG(path));
	case EACCES:
	case EPERM:
	case EROFS:
		return error_set(err, ST_DENIED,
		    "The system does not let weir %s '%.*s': %s.", verb,
		    STR_ARG(path), strerror(code));
	case ENAMETOOLONG:
		return error_set(err, ST_INVALID,
		    "The system takes no name as long as that of '%.*s'.",
		    STR_ARG(path));
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return error_set(err, ST_FULL,
		    "There is no room left to %s '%.*s'.", verb, STR_ARG(path));
	case ESTALE:
	case ENOTCONN:
	case ENODEV:
		return error_set(err, ST_UNAVAILABLE,
		    "The folder of the service cannot be reached now.");
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return error_set(err, ST_UNAVAILABLE,
		    "The system has nothing left now to %s '%.*s' with: %s.",
		    verb, STR_ARG(path), strerror(code));
	default:
		return error_set(err, ST_ERROR, "Failed to %s '%.*s': %s.",
		    verb, STR_ARG(path), strerror(code));
	}
}

enum status
local_lock(int folder, int64_t deadline_ms, struct str path, struct error *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_WAIT_NS };

	while (flock(folder, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return local_fail(err, errno, "write to", path);
		if (clock_boot_ms() >= deadline_ms)
			return error_set(err, ST_TIMEOUT,
			    "Others were writing to the folder of '%.*s' for "
			    "too long.",
			    STR_ARG(path));
		(void)nanosleep(&pause, NULL); /* it may be shorter */
	}
	return ST_OK;
}

enum status
local_judge(int folder, const char *name, struct str path,
    const struct file_judge *judge, struct stat *now, bool *found,
    struct error *err)
{
	struct file_info info = { .is_linked = false };

	*found = fstatat(folder, name, now, AT_SYMLINK_NOFOLLOW) == 0;
	if (!*found && errno != ENOENT)
		return local_fail(err, errno, "write to", path);
	if (judge == NULL || judge->ask == NULL)
		return ST_OK;
	if (*found)
		local_info(now, &info);
	return judge->ask(judge->ctx, *found ? &info : NULL, err);
}
