/*
 * What is being written has a hidden name for a moment, or, on file systems
 * that can do no better, from its beginning; its writer holds a lock on it. So
 * a hidden name without a lock is what a process left that was killed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "drivers/file/local_temp.h"

/* A start looks at so many names at most; what lies beyond is found when its
 * folder is listed. */
#define NAMES_MAX 50000

static bool
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

void
local_leftover_remove(
    const struct file_tree *tree, int folder, const char *name)
{
	int fd;

	if (tree->read_only || !local_temp_is_name(str_of(name)))
		return;
	fd = openat(folder, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return;
	if (is_file(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0)
		(void)unlinkat(folder, name, 0); /* else it is tried again */
	(void)close(fd);                         /* nothing was written by it */
}

static DIR *
folder_reopen(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL && fd >= 0)
		(void)close(fd); /* nothing was written by it */
	return dir;
}

static bool
may_be_folder(const struct dirent *d)
{
	return (d->d_type == DT_DIR || d->d_type == DT_UNKNOWN) &&
	       strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

/* Counts *names down to 0. */
static void
tree_sweep(
    const struct file_tree *tree, int folder, size_t depth, size_t *names)
{
	DIR *dir = folder_reopen(folder);
	const struct dirent *d;

	if (dir == NULL)
		return;
	while (*names > 0 && (d = readdir(dir)) != NULL) {
		int sub;

		--*names;
		local_leftover_remove(tree, folder, d->d_name);
		if (depth == FILE_DEPTH_MAX || !may_be_folder(d))
			continue;
		sub = openat(folder, d->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub < 0)
			continue;
		tree_sweep(tree, sub, depth + 1, names);
		(void)close(sub); /* nothing was written by it */
	}
	(void)closedir(dir); /* nothing was written by it */
}

void
local_sweep(struct file_tree *tree)
{
	size_t names = NAMES_MAX;

	if (!tree->read_only)
		tree_sweep(tree, tree->root, 0, &names);
}
