#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "drivers/file/local_tree.h"

static int
by_bytes(const void *a, const void *b)
{
	const struct file_name *x = a, *y = b;

	return strcmp(x->name.p, y->name.p);
}

/* False: what it is cannot be asked for, or not told. */
static bool
kind_of(int folder, const struct dirent *d, enum file_kind *out)
{
	unsigned char type = d->d_type;
	struct stat st;

	if (type == DT_UNKNOWN) {
		if (fstatat(folder, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			return false;
		type = (unsigned char)IFTODT(st.st_mode);
	}
	*out = FILE_KIND_FILE;
	if (type == DT_DIR)
		*out = FILE_KIND_FOLDER;
	else if (type == DT_LNK)
		*out = FILE_KIND_LINK;
	else if (type != DT_REG)
		return false;
	return true;
}

static enum status
names_read(const struct file_tree *tree, DIR *dir, size_t max, struct buf *list,
    size_t *n)
{
	const struct dirent *d;

	while ((d = readdir(dir)) != NULL) {
		struct file_name name = { .name = str_of(d->d_name) };

		local_leftover_remove(tree, dirfd(dir), d->d_name);
		if (file_name_fault(name.name) != NULL ||
		    !kind_of(dirfd(dir), d, &name.kind))
			continue;
		if (*n == max)
			return ST_TOO_BIG;
		name.name = arena_dup(list->arena, name.name);
		buf_put(list, str_make((const char *)&name, sizeof(name)));
		++*n;
	}
	return ST_OK;
}

enum status
local_names(struct file_tree *tree, struct str path, size_t max,
    struct arena *arena, struct file_names *out, struct error *err)
{
	struct buf list = buf_in(arena);
	enum status st;
	DIR *dir;
	int fd;

	*out = (struct file_names){ .n = 0 };
	fd = local_open_told(
	    tree, path, O_RDONLY | O_DIRECTORY, &out->is_linked, &out->place);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		st = local_fail(err, errno, "list", path);
		if (fd >= 0)
			(void)close(fd); /* nothing was written by it */
		return st;
	}
	st = names_read(tree, dir, max, &list, &out->n);
	(void)closedir(dir); /* nothing was written by it */
	if (st != ST_OK)
		return error_set(err, st,
		    "Folder '%.*s/' holds more than %zu names.", STR_ARG(path),
		    max);
	out->list = (struct file_name *)(void *)list.p;
	if (out->list != NULL)
		qsort(out->list, out->n, sizeof(out->list[0]), by_bytes);
	return ST_OK;
}
