#include "app/services/file/transfer.h"

#include <errno.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/services/file/call.h"
#include "app/services/file/depends.h"
#include "app/services/file/file.h"
#include "app/services/file/folder.h"
#include "app/services/file/put.h"
#include "app/services/file/reach.h"
#include "app/services/file/walk.h"
#include "middleware/request.h"

#define PIECE_BYTES ((size_t)64 * 1024)

static enum status
copy_bytes(struct put *p, int fd, struct error *err)
{
	char *piece = arena_alloc(p->call->req->arena, PIECE_BYTES);
	enum status st = ST_OK;
	ssize_t n = 1;

	while (st == ST_OK && n != 0) {
		n = read(fd, piece, PIECE_BYTES);
		if (n > 0)
			st = put_bytes(p, str_make(piece, (size_t)n), err);
		else if (n < 0 && errno != EINTR)
			st = error_set(err, ST_ERROR, "Failed to read '%.*s'.",
			    STR_ARG(p->path));
	}
	return st;
}

/* Where something below comes to lie. */
static struct str
moved(struct file_call *c, struct str path, struct str from, struct str to)
{
	return arena_printf(c->req->arena, "%.*s%s%.*s", STR_ARG(to),
	    from.n == 0 ? "/" : "", STR_ARG(str_skip(path, from.n)));
}

enum status
file_copy(
    struct file_call *c, struct str from, struct str to, struct error *err)
{
	struct put put = { .call = c, .path = to, .must_be_new = true };
	struct file_info info;
	int fd;
	enum status st = file_call_check(c, from, METHOD_GET, err);

	if (st == ST_OK)
		st = file_call_check(c, to, (unsigned)c->req->method, err);
	if (st == ST_OK)
		st = reach_read(c, from, &fd, &info, err);
	if (st != ST_OK)
		return st;
	st = put_begin(&put, err);
	if (st == ST_OK)
		st = copy_bytes(&put, fd, err);
	(void)close(fd); /* nothing was written by it */
	if (st == ST_OK)
		return put_end(&put, err);
	put_drop(&put);
	return st;
}

/* The names are those of before the copy, so that it may lie in its source. */
static enum status
below_copy(struct file_call *c, const struct walk *walk, struct str from,
    struct str to, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < walk->n && st == ST_OK; i++) {
		const struct walk_step *step = &walk_steps(walk)[i];
		struct str new = moved(c, step->path, from, to);
		struct file_path path;

		st = file_call_timely(c, err);
		if (st == ST_OK)
			st = file_path_read(new, &path, err);
		if (st == ST_OK)
			st = file_call_check(c, step->path, METHOD_GET, err);
		if (st == ST_OK && step->kind == FILE_KIND_FOLDER)
			st = file_folder_make_one(c, new, err);
		else if (st == ST_OK && step->kind == FILE_KIND_FILE)
			st = file_copy(c, step->path, new, err);
	}
	return st;
}

/* By the place that a link leads to the role is asked about all of it. */
static enum status
link_follow(struct file_call *c, struct str *folder, struct error *err)
{
	struct file_info info;
	struct file_path path;
	enum status st = reach_look(c, *folder, &info, err);

	if (st == ST_OK && info.is_linked && info.place.is_told &&
	    file_path_read(
		str_make(info.place.text, info.place.n), &path, NULL) == ST_OK)
		*folder = arena_dup(c->req->arena, path.text);
	return st;
}

enum status
folder_copy(
    struct file_call *c, struct str from, struct str to, struct error *err)
{
	struct walk walk = { .call = c, .tree = true };
	enum status st = file_call_check(c, from, METHOD_GET, err);

	if (st == ST_OK)
		st = link_follow(c, &from, err);
	if (st == ST_OK)
		st = walk_run(&walk, from, err);
	if (st == ST_OK)
		st = file_folder_make_one(c, to, err);
	if (st == ST_OK)
		st = below_copy(c, &walk, from, to, err);
	return st == ST_TOO_BIG && walk.n >= WALK_MAX ? ST_INVALID : st;
}

/* May what lies in a folder move with it? */
static enum status
step_check(struct file_call *c, const struct walk_step *step, struct str new,
    struct error *err)
{
	struct file_path path;
	enum status st =
	    file_call_check(c, step->path, METHOD_GET | METHOD_DELETE, err);

	if (st == ST_OK && step->kind == FILE_KIND_LINK)
		st = error_set(err, ST_DENIED,
		    "'%.*s' is a link, which is not moved: it might lead "
		    "elsewhere then.",
		    STR_ARG(step->path));
	if (st == ST_OK)
		st = file_path_read(new, &path, err);
	return st == ST_OK
		   ? file_call_check(c, new, (unsigned)c->req->method, err)
		   : st;
}

static enum status
below_find(struct file_call *c, struct str from, struct str to,
    struct outdated *outdated, struct error *err)
{
	struct walk walk = { .call = c, .tree = true };
	enum status st = walk_run(&walk, from, err);

	for (size_t i = 0; i < walk.n && st == ST_OK; i++) {
		const struct walk_step *step = &walk_steps(&walk)[i];
		struct str new = moved(c, step->path, from, to);

		st = step_check(c, step, new, err);
		if (step->kind != FILE_KIND_FOLDER)
			continue;
		outdated_below(outdated, step->path);
		outdated_below(outdated, new);
	}
	return st == ST_TOO_BIG ? ST_INVALID : st;
}

static enum status
move_find(struct file_call *c, struct str from, struct str to, bool is_folder,
    struct outdated *outdated, struct error *err)
{
	if (!is_folder) {
		outdated_file(outdated, from);
		outdated_file(outdated, to);
		return ST_OK;
	}
	outdated_folder(outdated, from);
	outdated_folder(outdated, to);
	return below_find(c, from, to, outdated, err);
}

enum status
file_move(struct file_call *c, struct str from, struct str to, bool is_folder,
    struct error *err)
{
	const struct file_service *service = c->service;
	struct file_transfer transfer = {
		.from = from, .to = to, .is_folder = is_folder
	};
	struct outdated outdated;
	enum status st =
	    file_call_check(c, from, METHOD_GET | METHOD_DELETE, err);

	outdated_init(&outdated, c->req);
	if (st == ST_OK)
		st = file_call_check(c, to, (unsigned)c->req->method, err);
	if (st == ST_OK)
		st = move_find(c, from, to, is_folder, &outdated, err);
	if (st == ST_OK)
		st = outdated_before(&outdated, err);
	if (st != ST_OK)
		return st;
	transfer.deadline_ms = put_deadline_ms();
	st = service->driver->move(service->tree, &transfer, err);
	outdated_after(&outdated);
	return st;
}
