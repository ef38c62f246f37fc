/* Folders are made, and files and folders removed and moved. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "drivers/file/local_tree.h"

#define NEW_MODE 0777 /* and the umask */

enum status
local_make_folder(struct file_tree *tree, struct str path, struct error *err)
{
	char name[LOCAL_NAME_BYTES];
	enum status st;
	int folder = local_open_folder(tree, path, name, &st, err);

	if (folder < 0)
		return st;
	if (mkdirat(folder, name, NEW_MODE) != 0)
		st = errno == EEXIST
			 ? error_set(err, ST_EXISTS, "'%.*s' already exists.",
			       STR_ARG(path))
			 : local_fail(err, errno, "make", path);
	else if (fsync(folder) != 0)
		st = local_fail(err, errno, "make", path);
	(void)close(folder); /* it was synced */
	return st;
}

static enum status
file_unlink(int folder, const char *name, struct str path,
    const struct file_judge *judge, struct error *err)
{
	struct stat now;
	bool found;
	enum status st =
	    local_judge(folder, name, path, judge, &now, &found, err);

	if (st != ST_OK)
		return st;
	if (!found)
		return local_fail(err, ENOENT, "delete", path);
	if (S_ISDIR(now.st_mode))
		return error_set(
		    err, ST_MISSING, "'%.*s' is a folder.", STR_ARG(path));
	if (unlinkat(folder, name, 0) != 0 || fsync(folder) != 0)
		return local_fail(err, errno, "delete", path);
	return ST_OK;
}

enum status
local_remove(struct file_tree *tree, struct str path,
    const struct file_judge *judge, struct error *err)
{
	char name[LOCAL_NAME_BYTES];
	enum status st;
	int folder = local_open_folder(tree, path, name, &st, err);

	if (folder < 0)
		return st;
	st = local_lock(folder, judge->deadline_ms, path, err);
	if (st == ST_OK)
		st = file_unlink(folder, name, path, judge, err);
	(void)close(folder); /* it was synced */
	return st;
}

static enum status
folder_unlink(int folder, const char *name, struct str path, struct error *err)
{
	struct stat now;

	if (fstatat(folder, name, &now, AT_SYMLINK_NOFOLLOW) != 0)
		return local_fail(err, errno, "delete", path);
	/* Of a link to a folder the link goes, which is a file. */
	if (!S_ISDIR(now.st_mode))
		return error_set(
		    err, ST_MISSING, "'%.*s' is no folder.", STR_ARG(path));
	if (unlinkat(folder, name, AT_REMOVEDIR) == 0 && fsync(folder) == 0)
		return ST_OK;
	if (errno == ENOTEMPTY || errno == EEXIST)
		return error_set(err, ST_EXISTS, "Folder '%.*s/' is not empty.",
		    STR_ARG(path));
	return local_fail(err, errno, "delete", path);
}

enum status
local_remove_folder(struct file_tree *tree, struct str path, struct error *err)
{
	char name[LOCAL_NAME_BYTES];
	enum status st;
	int folder = local_open_folder(tree, path, name, &st, err);

	if (folder < 0)
		return st;
	st = folder_unlink(folder, name, path, err);
	(void)close(folder); /* it was synced */
	return st;
}

/* One end of a move. */
struct end {
	int folder;
	char name[LOCAL_NAME_BYTES];
	struct str path;
};

/* Is the one path below the other, or the same? */
static bool
is_within(struct str path, struct str folder)
{
	return str_starts(path, folder) &&
	       (path.n == folder.n || path.p[folder.n] == '/');
}

/* Where the file system cannot refuse to replace, what stands there is looked
 * at before. 0, or errno. */
static int
rename_new(const struct end *from, const struct end *to)
{
	struct stat there;

	if (renameat2(from->folder, from->name, to->folder, to->name,
		RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (fstatat(to->folder, to->name, &there, AT_SYMLINK_NOFOLLOW) == 0)
		return EEXIST;
	return renameat(from->folder, from->name, to->folder, to->name) == 0
		   ? 0
		   : errno;
}

static enum status
ends_rename(const struct end *from, const struct end *to, struct error *err)
{
	int code = rename_new(from, to);

	if (code == EEXIST)
		return error_set(err, ST_EXISTS, "'%.*s' already exists.",
		    STR_ARG(to->path));
	if (code == 0 && fsync(to->folder) == 0 && fsync(from->folder) == 0)
		return ST_OK;
	return local_fail(err, code == 0 ? errno : code, "move", from->path);
}

/* The folder of the source is locked, so that no other change of weir puts
 * something else in its place before it moves. */
static enum status
source_check(const struct end *from, bool is_folder, struct error *err)
{
	struct stat now;

	if (fstatat(from->folder, from->name, &now, AT_SYMLINK_NOFOLLOW) != 0)
		return local_fail(err, errno, "move", from->path);
	if (S_ISLNK(now.st_mode))
		return error_set(err, ST_DENIED,
		    "'%.*s' is a link, which is not moved: it might lead "
		    "elsewhere then.",
		    STR_ARG(from->path));
	if (is_folder ? S_ISDIR(now.st_mode) : S_ISREG(now.st_mode))
		return ST_OK;
	return error_set(err, ST_MISSING, "'%.*s' is no %s.",
	    STR_ARG(from->path), is_folder ? "folder" : "file");
}

static enum status
ends_move(const struct end *from, const struct end *to,
    const struct file_transfer *t, struct error *err)
{
	enum status st =
	    local_lock(from->folder, t->deadline_ms, from->path, err);

	if (st == ST_OK)
		st = source_check(from, t->is_folder, err);
	return st == ST_OK ? ends_rename(from, to, err) : st;
}

enum status
local_move(struct file_tree *tree, const struct file_transfer *transfer,
    struct error *err)
{
	struct end source = { .path = transfer->from };
	struct end target = { .path = transfer->to };
	enum status st;

	if (is_within(target.path, source.path))
		return error_set(err, ST_INVALID,
		    "'%.*s' cannot be moved into itself.",
		    STR_ARG(source.path));
	source.folder =
	    local_open_folder(tree, source.path, source.name, &st, err);
	if (source.folder < 0)
		return st;
	target.folder =
	    local_open_folder(tree, target.path, target.name, &st, err);
	if (target.folder >= 0) {
		st = ends_move(&source, &target, transfer, err);
		(void)close(target.folder); /* it was synced */
	}
	(void)close(source.folder); /* it was synced */
	return st;
}
