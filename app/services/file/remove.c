#include "app/services/file/remove.h"

#include "app/services/file/answer.h"
#include "app/services/file/batch.h"
#include "app/services/file/call.h"
#include "app/services/file/depends.h"
#include "app/services/file/file.h"
#include "app/services/file/put.h"
#include "app/services/file/walk.h"
#include "middleware/request.h"

static enum status
judge(void *ctx, const struct file_info *now, struct error *err)
{
	const struct file_call *c = ctx;

	return put_conditions(c->req, c->path, now, err);
}

enum status
remove_file(struct file_call *c, struct str path, struct error *err)
{
	const struct file_service *service = c->service;
	const struct file_judge ask = {
		.ask = judge,
		.ctx = c,
		.deadline_ms = put_deadline_ms(),
	};
	struct outdated outdated;
	enum status st = file_call_check(c, path, METHOD_DELETE, err);

	if (st != ST_OK)
		return st;
	outdated_init(&outdated, c->req);
	outdated_file(&outdated, path);
	st = outdated_before(&outdated, err);
	if (st != ST_OK)
		return st;
	st = service->driver->remove(service->tree, path, &ask, err);
	outdated_after(&outdated);
	return st;
}

/* All that goes with a folder; the role is asked about each of it. */
static enum status
below_find(struct file_call *c, struct str path, struct walk *walk,
    struct outdated *outdated, struct error *err)
{
	enum status st = walk_run(walk, path, err);

	for (size_t i = 0; i < walk->n && st == ST_OK; i++) {
		const struct walk_step *step = &walk_steps(walk)[i];

		st = file_call_check(c, step->path, METHOD_DELETE, err);
		if (step->kind == FILE_KIND_FOLDER)
			outdated_below(outdated, step->path);
	}
	return st == ST_TOO_BIG ? ST_INVALID : st;
}

/* What has gone meanwhile need not be deleted. */
static enum status
step_remove(
    const struct file_call *c, const struct walk_step *step, struct error *err)
{
	const struct file_service *service = c->service;
	const struct file_judge ask = { .deadline_ms = put_deadline_ms() };
	enum status st = file_call_timely(c, err);

	if (st != ST_OK)
		return st;
	if (step->kind == FILE_KIND_FOLDER)
		st = service->driver->remove_folder(
		    service->tree, step->path, err);
	else
		st = service->driver->remove(
		    service->tree, step->path, &ask, err);
	return st == ST_MISSING ? ST_OK : st;
}

static enum status
below_remove(struct file_call *c, const struct walk *walk, struct error *err)
{
	for (size_t i = walk->n; i-- > 0;) {
		struct error inner = { .text = "" };
		enum status st = step_remove(c, &walk_steps(walk)[i], &inner);

		if (st != ST_OK)
			return error_set(err, st,
			    "%s %zu of %zu below the folder are deleted; the "
			    "same call deletes the rest.",
			    inner.text, walk->n - i - 1, walk->n);
	}
	return ST_OK;
}

static enum status
last_remove(struct file_call *c, struct str path, bool force, struct error *err)
{
	const struct file_service *service = c->service;
	struct error inner = { .text = "" };
	enum status st =
	    service->driver->remove_folder(service->tree, path, &inner);

	if (st == ST_OK)
		return st;
	return error_set(err, st, "%s%s", inner.text,
	    st == ST_EXISTS && !force
		? " With force=true it is deleted with all that it holds."
		: "");
}

enum status
remove_folder(
    struct file_call *c, struct str path, bool force, struct error *err)
{
	struct walk walk = { .call = c, .tree = true };
	struct outdated outdated;
	enum status st = file_call_check(c, path, METHOD_DELETE, err);

	if (st != ST_OK)
		return st;
	outdated_init(&outdated, c->req);
	outdated_folder(&outdated, path);
	if (force)
		st = below_find(c, path, &walk, &outdated, err);
	if (st == ST_OK)
		st = outdated_before(&outdated, err);
	if (st != ST_OK)
		return st;
	st = below_remove(c, &walk, err);
	if (st == ST_OK)
		st = last_remove(c, path, force, err);
	outdated_after(&outdated);
	return st;
}

static void
one_remove(struct file_call *c)
{
	struct request *req = c->req;
	struct error err = { .text = "" };
	enum status st = c->is_folder ? remove_folder(c, c->path,
					    request_asks(req, "force"), &err)
				      : remove_file(c, c->path, &err);

	if (st == ST_MISSING && request_asks(req, "no_check"))
		st = ST_OK;
	if (st == ST_OK)
		file_answer_named(req, 200, c->path, c->is_folder);
	else
		file_answer_fail(req, st, &err);
}

void
remove_handle(struct file_call *c)
{
	struct request *req = c->req;

	if (c->is_folder && req->body.n > 0)
		batch_handle(c);
	else if (c->is_folder && c->path.n == 0)
		response_fail(req, 400,
		    "No resources given for delete: the root itself is not "
		    "deleted.");
	else
		one_remove(c);
}
