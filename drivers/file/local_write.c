#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drivers/file/local_temp.h"

#define MODE_BITS                                                              \
	0777u /* of a file that is replaced; none that lends rights            \
	       */

struct file_writer {
	int folder;
	struct local_temp temp;
	bool named_only;
	struct str path;
	char name[LOCAL_NAME_BYTES];
	char path_bytes[FILE_PATH_MAX];
};

/* Only a file is replaced. */
static enum status
target_check(const struct stat *now, struct str path, struct error *err)
{
	if (S_ISREG(now->st_mode))
		return ST_OK;
	if (S_ISDIR(now->st_mode))
		return error_set(
		    err, ST_EXISTS, "'%.*s' is a folder.", STR_ARG(path));
	if (S_ISLNK(now->st_mode))
		return local_fail(err, ELOOP, "write to", path);
	return error_set(err, ST_EXISTS, "'%.*s' is no file.", STR_ARG(path));
}

static enum status
target_look(struct file_writer *w, struct error *err)
{
	struct stat now;

	if (fstatat(w->folder, w->name, &now, AT_SYMLINK_NOFOLLOW) == 0)
		return target_check(&now, w->path, err);
	return errno == ENOENT ? ST_OK
			       : local_fail(err, errno, "write to", w->path);
}

enum status
local_write_begin(struct file_tree *tree, struct str path,
    struct file_writer **out, struct error *err)
{
	struct file_writer *w = calloc(1, sizeof(*w));
	enum status st;
	int code;

	if (w == NULL)
		abort();
	w->temp.fd = -1;
	w->named_only = tree->named_only;
	w->folder = local_open_folder(tree, path, w->name, &st, err);
	if (w->folder >= 0) {
		memcpy(w->path_bytes, path.p, path.n);
		w->path = str_make(w->path_bytes, path.n);
		st = target_look(w, err);
	}
	if (st == ST_OK) {
		code = local_temp_open(&w->temp, w->folder, w->named_only);
		if (code != 0)
			st = local_fail(err, code, "write to", w->path);
	}
	if (st == ST_OK)
		*out = w;
	else
		local_write_drop(w);
	return st;
}

enum status
local_write(struct file_writer *w, struct str bytes, struct error *err)
{
	int code = local_temp_put(&w->temp, bytes);

	return code == 0 ? ST_OK : local_fail(err, code, "write to", w->path);
}

void
local_write_drop(struct file_writer *w)
{
	if (w->folder >= 0) {
		local_temp_close(&w->temp, w->folder);
		(void)close(w->folder); /* nothing was written by it */
	}
	free(w);
}

/* What was there before, and behind it what was written. 0, or errno. */
static int
join(struct file_writer *w, struct local_temp *whole)
{
	int code = local_temp_open(whole, w->folder, w->named_only);
	int old = openat(w->folder, w->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (code == 0)
		code = old < 0 ? errno : local_temp_copy(whole, old);
	if (code == 0)
		code = local_temp_copy(whole, w->temp.fd);
	if (old >= 0)
		(void)close(old); /* nothing was written by it */
	return code;
}

static int
place(struct file_writer *w, struct local_temp *t, const struct stat *now)
{
	/* As far as weir may: whoever replaces a file keeps its rights. */
	if (now != NULL && fchmod(t->fd, now->st_mode & MODE_BITS) != 0)
		return errno;
	return local_temp_place(t, w->folder, w->name, now != NULL);
}

static int
append(struct file_writer *w, const struct stat *now)
{
	struct local_temp whole = { .fd = -1 };
	int code = join(w, &whole);

	if (code == 0)
		code = place(w, &whole, now);
	local_temp_close(&whole, w->folder);
	return code;
}

/* The folder is locked. */
static enum status
change(struct file_writer *w, enum file_mode mode,
    const struct file_judge *judge, bool *made, struct error *err)
{
	struct stat now;
	bool found;
	enum status st =
	    local_judge(w->folder, w->name, w->path, judge, &now, &found, err);
	int code;

	if (st == ST_OK && found)
		st = target_check(&now, w->path, err);
	if (st != ST_OK)
		return st;
	*made = !found;
	code = mode == FILE_APPEND && found
		   ? append(w, &now)
		   : place(w, &w->temp, found ? &now : NULL);
	return code == 0 ? ST_OK : local_fail(err, code, "write to", w->path);
}

enum status
local_write_end(struct file_writer *w, enum file_mode mode,
    const struct file_judge *judge, bool *made, struct error *err)
{
	enum status st = ST_OK;

	/* The long part of it, before others have to wait. */
	if (fdatasync(w->temp.fd) != 0)
		st = local_fail(err, errno, "write to", w->path);
	if (st == ST_OK)
		st = local_lock(w->folder, judge->deadline_ms, w->path, err);
	if (st == ST_OK)
		st = change(w, mode, judge, made, err);
	local_write_drop(w);
	return st;
}
