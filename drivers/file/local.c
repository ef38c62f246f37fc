/* The driver "local": a folder of this machine, or one that it has mounted. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "app/base/buf.h"
#include "drivers/file/local_tree.h"

#define NS INT64_C(1000000000)

/* statfs(2) f_type of file systems that several machines share. */
static const uint64_t shared_types[] = {
	0x6969,     /* nfs */
	0xFF534D42, /* cifs */
	0xFE534D42, /* smb2 */
	0x00C36400, /* ceph */
	0x01161970, /* gfs2 */
	0x7461636F, /* ocfs2 */
	0x65735546, /* fuse: glusterfs and the like */
	0x0BD00BD0, /* lustre */
	0x47504653, /* gpfs */
	0x53464846, /* hafs */
};

static int64_t
ns_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * NS + t->tv_nsec;
}

void
local_info(const struct stat *st, struct file_info *out)
{
	out->is_folder = S_ISDIR(st->st_mode);
	out->bytes = S_ISREG(st->st_mode) ? st->st_size : 0;
	out->modified_ns = ns_of(&st->st_mtim);
	out->changed_ns = ns_of(&st->st_ctim);
	out->id = st->st_ino;
}

static bool
is_ours(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

static bool
is_shared(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof(shared_types) / sizeof(shared_types[0]);
	     i++) {
		if ((uint64_t)fs.f_type == shared_types[i])
			return true;
	}
	return false;
}

static void
local_close(struct file_tree *tree)
{
	if (tree == NULL)
		return;
	if (tree->root >= 0)
		(void)close(tree->root); /* nothing was written by it */
	free(tree->place);
	free(tree->name);
	free(tree);
}

/* Is the kernel of 5.6 or later, and may it be asked? */
static enum status
resolution_check(const struct file_tree *tree, struct error *err)
{
	int fd = local_open_at(tree, STR(""), O_PATH, LOCAL_LINKS_NONE);

	if (fd < 0)
		return error_set(err, ST_ERROR,
		    "this system does not let weir use openat2(2), without "
		    "which no path could be kept below the root: %s",
		    strerror(errno));
	(void)close(fd); /* nothing was written by it */
	return ST_OK;
}

static enum status
tree_open(struct file_tree *tree, const char *root, struct error *err)
{
	struct stat st;

	tree->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	tree->name = strdup(root);
	if (tree->name == NULL)
		abort();
	tree->place = realpath(root, NULL);
	if (tree->root < 0 || tree->place == NULL ||
	    fstat(tree->root, &st) != 0)
		return error_set(err, ST_UNAVAILABLE,
		    "cannot open the folder %s: %s", root, strerror(errno));
	tree->device = st.st_dev;
	tree->id = st.st_ino;
	tree->is_shared = is_shared(tree->root);
	return resolution_check(tree, err);
}

static enum status
local_open(
    const struct file_config *config, struct file_tree **out, struct error *err)
{
	struct file_tree *tree = calloc(1, sizeof(*tree));
	enum status st;

	if (tree == NULL)
		abort();
	tree->named_only = config->named_only;
	tree->read_only = config->read_only;
	st = tree_open(tree, config->root, err);
	if (st != ST_OK) {
		local_close(tree);
		return st;
	}
	local_sweep(tree);
	*out = tree;
	return ST_OK;
}

/* Of a folder that other machines may have its path alone, which has to be
 * alike on all of them. */
static bool
local_identity(const struct file_tree *tree, struct buf *out)
{
	if (!tree->is_shared)
		buf_printf(out, "%" PRIu64 ":", tree->device);
	buf_put(out, str_of(tree->place));
	if (tree->place[strlen(tree->place) - 1] != '/')
		buf_put_char(out, '/');
	return tree->is_shared;
}

/* Something may have been mounted there, or another folder moved in. Of a file
 * system behind a network only what is known without asking counts: who asks
 * must not hang with it. */
static bool
local_stands(const struct file_tree *tree)
{
	int fd =
	    local_open_root(tree->name, O_PATH | O_DIRECTORY, tree->is_shared);
	struct statx x = { .stx_mask = 0 };
	int known;

	if (fd < 0)
		return errno != ENOENT && errno != ENOTDIR;
	known =
	    statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &x);
	(void)close(fd); /* nothing was written by it */
	return known != 0 ||
	       (x.stx_ino == tree->id &&
		   makedev(x.stx_dev_major, x.stx_dev_minor) == tree->device);
}

static enum status
fd_info(int fd, struct str path, struct file_info *out, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return local_fail(err, errno, "read", path);
	if (!is_ours(&st))
		return error_set(err, ST_MISSING,
		    "'%.*s' is neither a file nor a folder.", STR_ARG(path));
	local_info(&st, out);
	return ST_OK;
}

static enum status
local_look(struct file_tree *tree, struct str path, struct file_info *out,
    struct error *err)
{
	enum status st;
	int fd;

	*out = (struct file_info){ .bytes = 0 };
	fd = local_open_told(tree, path, O_PATH, &out->is_linked, &out->place);
	if (fd < 0)
		return local_fail(err, errno, "read", path);
	st = fd_info(fd, path, out, err);
	(void)close(fd); /* nothing was written by it */
	return st;
}

/* AT_STATX_DONT_SYNC: what is known of it, without asking a server. */
static enum status
known_info(int fd, struct file_info *out)
{
	struct statx x;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS,
		&x) != 0)
		return ST_TIMEOUT;
	if (!S_ISREG(x.stx_mode) && !S_ISDIR(x.stx_mode))
		return ST_MISSING;
	*out = (struct file_info){
		.is_folder = S_ISDIR(x.stx_mode),
		.bytes = S_ISREG(x.stx_mode) ? (int64_t)x.stx_size : 0,
		.modified_ns = x.stx_mtime.tv_sec * NS + x.stx_mtime.tv_nsec,
		.changed_ns = x.stx_ctime.tv_sec * NS + x.stx_ctime.tv_nsec,
		.id = x.stx_ino,
	};
	return ST_OK;
}

static enum status
local_peek(struct file_tree *tree, struct str path, struct file_info *out)
{
	int fd = local_open_known(tree, path, O_PATH);
	enum status st;

	if (fd < 0 && errno == ENOENT)
		return ST_MISSING;
	if (fd < 0)
		return errno == ELOOP || errno == EXDEV ? ST_DENIED
							: ST_TIMEOUT;
	st = known_info(fd, out);
	(void)close(fd); /* nothing was written by it */
	return st;
}

/* A pipe or a device must not be waited for. */
static enum status
local_read(struct file_tree *tree, struct str path, int *fd,
    struct file_info *info, struct error *err)
{
	enum status st;

	*info = (struct file_info){ .bytes = 0 };
	*fd = local_open_told(tree, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
	    &info->is_linked, &info->place);
	if (*fd < 0)
		return local_fail(err, errno, "read", path);
	st = fd_info(*fd, path, info, err);
	if (st == ST_OK && !info->is_folder)
		return ST_OK;
	(void)close(*fd); /* nothing was written by it */
	*fd = -1;
	return st != ST_OK ? st
			   : error_set(err, ST_MISSING, "'%.*s' is a folder.",
				 STR_ARG(path));
}

const struct file_driver file_local = {
	.name = "local",
	.open = local_open,
	.close = local_close,
	.identity = local_identity,
	.stands = local_stands,
	.look = local_look,
	.peek = local_peek,
	.read = local_read,
	.list = local_names,
	.write_begin = local_write_begin,
	.write = local_write,
	.write_end = local_write_end,
	.write_drop = local_write_drop,
	.make_folder = local_make_folder,
	.remove = local_remove,
	.remove_folder = local_remove_folder,
	.move = local_move,
};
