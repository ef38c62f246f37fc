/* Where what has been opened lies, as the system calls it now. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "drivers/file/local_tree.h"

#define LINK_BYTES 32 /* "/proc/self/fd/" and a number */

/* Its path from the root of the machine; STR_NULL: the system does not say. */
static struct str
path_of(int fd, char text[PATH_MAX])
{
	char link[LINK_BYTES];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd); /* fits */
	n = readlink(link, text, PATH_MAX);
	if (n <= 0 || n == PATH_MAX || text[0] != '/')
		return STR_NULL;
	return str_make(text, n == 1 ? 0 : (size_t)n); /* "/" ends in one */
}

/* What has been removed has no name any more, only a former one. */
static bool
is_named(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

static void
place_take(const struct file_tree *tree, int fd, struct file_place *out)
{
	char above[PATH_MAX], text[PATH_MAX];
	struct str root = path_of(tree->root, above);
	struct str path = path_of(fd, text);

	out->is_told = false;
	if (str_is_null(root) || str_is_null(path) || !is_named(fd) ||
	    !str_starts(path, root))
		return;
	path = str_skip(path, root.n);
	if (path.n > 0 && path.p[0] != '/')
		return;
	if (path.n > 0)
		path = str_skip(path, 1);
	if (path.n > sizeof(out->text))
		return;
	memcpy(out->text, path.p, path.n);
	out->n = path.n;
	out->is_told = true;
}

int
local_open_told(const struct file_tree *tree, struct str path, int flags,
    bool *is_linked, struct file_place *place)
{
	int fd = local_open_at(tree, path, flags, LOCAL_LINKS_NONE);

	*is_linked = fd < 0 && errno == ELOOP;
	if (!*is_linked)
		return fd;
	place->is_told = false;
	fd = local_open_at(tree, path, flags, LOCAL_LINKS_INSIDE);
	if (fd >= 0)
		place_take(tree, fd, place);
	return fd;
}
