#include "app/services/file/folder.h"

#include "app/services/file/call.h"
#include "app/services/file/depends.h"
#include "app/services/file/file.h"
#include "app/services/file/reach.h"
#include "middleware/request.h"

enum status
file_folder_make_one(struct file_call *c, struct str path, struct error *err)
{
	const struct file_service *service = c->service;
	struct outdated outdated;
	enum status st =
	    file_call_check(c, path, (unsigned)c->req->method, err);

	if (st != ST_OK)
		return st;
	outdated_init(&outdated, c->req);
	outdated_folder(&outdated, path);
	st = outdated_before(&outdated, err);
	if (st != ST_OK)
		return st;
	st = service->driver->make_folder(service->tree, path, err);
	outdated_after(&outdated);
	return st;
}

/* Whoever else makes a folder above meanwhile does the same. */
static enum status
above_make(struct file_call *c, struct str path, struct error *err)
{
	struct str above = file_path_folder(path);
	struct error inner = { .text = "" };
	struct file_info info;
	enum status st;

	if (above.n == 0 || reach_look(c, above, &info, &inner) != ST_MISSING)
		return ST_OK;
	st = above_make(c, above, err);
	if (st != ST_OK)
		return st;
	inner.text[0] = '\0';
	st = file_folder_make_one(c, above, &inner);
	return st == ST_OK || st == ST_EXISTS
		   ? ST_OK
		   : error_set(err, st, "%s", inner.text);
}

enum status
file_folder_make(struct file_call *c, struct str path, struct error *err)
{
	struct error inner = { .text = "" };
	enum status st;

	if (path.n == 0)
		return error_set(err, ST_INVALID,
		    "Name a folder: the root is there already.");
	st = above_make(c, path, err);
	if (st != ST_OK)
		return st;
	st = file_folder_make_one(c, path, &inner);
	if (st == ST_EXISTS)
		return error_set(
		    err, st, "Folder '%.*s/' already exists.", STR_ARG(path));
	return st == ST_OK ? st : error_set(err, st, "%s", inner.text);
}
