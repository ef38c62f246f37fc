#include "app/services/file/put.h"

#include "app/base/clock.h"
#include "app/services/file/call.h"
#include "app/services/file/depends.h"
#include "app/services/file/file.h"
#include "app/services/file/read.h"
#include "middleware/condition.h"
#include "middleware/etag.h"
#include "middleware/request.h"

#define NS INT64_C(1000000000)

/* How long a change waits for others in its folder, with a worker, however long
 * its body was on its way. */
#define WAIT_MS 10000

int64_t
put_deadline_ms(void)
{
	return clock_boot_ms() + WAIT_MS;
}

enum status
put_begin(struct put *p, struct error *err)
{
	const struct file_service *service = p->call->service;

	p->writer = NULL;
	p->bytes = 0;
	return service->driver->write_begin(
	    service->tree, p->path, &p->writer, err);
}

static enum status
too_big(const struct put *p, struct error *err)
{
	return error_set(err, ST_TOO_BIG,
	    "'%.*s' would have more than max_file_size (%lld bytes).",
	    STR_ARG(p->path), (long long)p->call->service->max_file_size);
}

enum status
put_bytes(struct put *p, struct str bytes, struct error *err)
{
	const struct file_service *service = p->call->service;

	p->bytes += (int64_t)bytes.n;
	if (p->bytes > service->max_file_size)
		return too_big(p, err);
	return service->driver->write(p->writer, bytes, err);
}

bool
put_must_be_new(const struct file_call *c)
{
	bool posts = c->req->method == METHOD_POST ||
		     (c->is_folder && c->req->method == METHOD_PUT);

	return posts && request_asks(c->req, "check_exist");
}

enum status
put_conditions(const struct request *req, struct str path,
    const struct file_info *now, struct error *err)
{
	struct standing standing = { .exists = now != NULL };
	uint8_t tag[DIGEST_BYTES];
	char text[ETAG_BYTES];

	if (!condition_asked(req))
		return ST_OK;
	if (now != NULL) {
		read_tag(now, tag);
		standing.etag = etag_write(tag, text);
		standing.modified = now->modified_ns / NS;
	}
	if (condition_judge(req, &standing) == CONDITION_MET)
		return ST_OK;
	return error_set(err, ST_REFUSED,
	    "'%.*s' is not as the conditions of the request say.",
	    STR_ARG(path));
}

static enum status
judge(void *ctx, const struct file_info *now, struct error *err)
{
	const struct put *p = ctx;
	int64_t before = now == NULL ? 0 : now->bytes;

	if (p->must_be_new && now != NULL)
		return error_set(err, ST_EXISTS, "File '%.*s' already exists.",
		    STR_ARG(p->path));
	if (p->mode == FILE_APPEND &&
	    before > p->call->service->max_file_size - p->bytes)
		return too_big(p, err);
	return put_conditions(p->call->req, p->path, now, err);
}

enum status
put_end(struct put *p, struct error *err)
{
	const struct file_service *service = p->call->service;
	const struct file_judge ask = {
		.ask = judge,
		.ctx = p,
		.deadline_ms = put_deadline_ms(),
	};
	struct outdated outdated;
	enum status st;

	outdated_init(&outdated, p->call->req);
	outdated_file(&outdated, p->path);
	st = outdated_before(&outdated, err);
	if (st != ST_OK) {
		put_drop(p);
		return st;
	}
	st =
	    service->driver->write_end(p->writer, p->mode, &ask, &p->made, err);
	p->writer = NULL;
	outdated_after(&outdated);
	return st;
}

void
put_drop(struct put *p)
{
	if (p->writer != NULL)
		p->call->service->driver->write_drop(p->writer);
	p->writer = NULL;
}
