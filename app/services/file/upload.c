#include "app/services/file/upload.h"

#include "app/base/arena.h"
#include "app/base/jsonmember.h"
#include "app/services/file/answer.h"
#include "app/services/file/call.h"
#include "app/services/file/put.h"
#include "middleware/body.h"
#include "middleware/multipart.h"
#include "middleware/request.h"

#define PIECE_BYTES ((size_t)64 * 1024)

bool
upload_is(const struct request *req, bool is_folder)
{
	unsigned verbs = METHOD_POST | METHOD_PUT | METHOD_PATCH;

	if ((req->method & verbs) == 0)
		return false;
	return !is_folder || req->param[PARAM_FILE_NAME].n > 0 ||
	       multipart_is(req->param[PARAM_CONTENT_TYPE]);
}

bool
upload_is_one(const struct request *req, bool is_folder)
{
	return upload_is(req, is_folder) &&
	       !(is_folder && multipart_is(req->param[PARAM_CONTENT_TYPE]));
}

static struct put
put_of(const struct file_call *c, struct str path)
{
	const struct request *req = c->req;

	return (struct put){
		.call = c,
		.path = path,
		.mode =
		    req->method == METHOD_PATCH ? FILE_APPEND : FILE_REPLACE,
		.must_be_new = put_must_be_new(c),
	};
}

/* Of POST as DreamFactory has it; else by what was done. */
static int
status_of(const struct request *req, bool made)
{
	return req->method == METHOD_POST || made ? 201 : 200;
}

/* What a body is read from: all of it, or a part. */
struct source {
	struct request *req;
	struct multipart *part; /* NULL: all */
	enum status fault;      /* of the body, not of the file */
};

static enum status
source_read(
    struct source *s, char *to, size_t room, size_t *got, struct error *err)
{
	s->fault = s->part == NULL
		       ? body_read(s->req, to, room, got)
		       : multipart_read(s->part, to, room, got, err);
	return s->fault;
}

static enum status
content_take(struct put *p, struct source *s, struct error *err)
{
	char *piece = arena_alloc(s->req->arena, PIECE_BYTES);
	size_t got = 1;
	enum status st = put_begin(p, err);

	while (st == ST_OK && got > 0) {
		st = source_read(s, piece, PIECE_BYTES, &got, err);
		if (st == ST_OK && got > 0)
			st = put_bytes(p, str_make(piece, got), err);
	}
	if (st != ST_OK)
		put_drop(p);
	return st;
}

/* The error says nothing where the body itself is at fault. */
static void
fail(struct source *s, enum status st, const struct error *err)
{
	if (s->fault != ST_OK && err->text[0] == '\0')
		body_fail(s->req, st);
	else
		file_answer_fail(s->req, st, err);
}

static void
upload_whole(struct file_call *c, struct str path)
{
	struct source source = { .req = c->req };
	struct put put = put_of(c, path);
	struct error err = { .text = "" };
	enum status st = content_take(&put, &source, &err);

	if (st == ST_OK)
		st = put_end(&put, &err);
	if (st == ST_OK)
		file_answer_named(
		    c->req, status_of(c->req, put.made), path, false);
	else
		fail(&source, st, &err);
}

static void
upload_named(struct file_call *c)
{
	struct request *req = c->req;
	struct error err = { .text = "" };
	struct str path;
	enum status st = file_call_below(
	    c, c->path, req->param[PARAM_FILE_NAME], &path, &err);

	if (st == ST_OK)
		st = file_call_check(c, path, (unsigned)req->method, &err);
	if (st == ST_OK)
		upload_whole(c, path);
	else
		file_answer_fail(req, st, &err);
}

static enum status
part_read(void *from, void *to, size_t room, size_t *got)
{
	return body_read(from, to, room, got);
}

/* The next part that is a file. */
static enum status
next_file(struct multipart *m, struct multipart_part *part, struct error *err)
{
	enum status st;

	do
		st = multipart_next(m, part, err);
	while (st == ST_OK && str_is_null(part->filename));
	return st;
}

/* To a path that names a file: one part, which is placed when it is known that
 * there is no other. */
static void
upload_part(struct file_call *c, struct source *source)
{
	struct multipart_part part;
	struct put put = put_of(c, c->path);
	struct error err = { .text = "" };
	enum status st = next_file(source->part, &part, &err);

	source->fault = st;
	if (st == ST_MISSING)
		st = error_set(&err, ST_INVALID, "The body holds no file.");
	if (st == ST_OK)
		st = content_take(&put, source, &err);
	if (st == ST_OK) {
		st = next_file(source->part, &part, &err);
		if (st == ST_OK)
			st = error_set(&err, ST_INVALID,
			    "The body holds several files, and the path names "
			    "one.");
		source->fault = st;
		if (st == ST_MISSING)
			st = put_end(&put, &err);
		else
			put_drop(&put);
	}
	if (st == ST_OK)
		file_answer_named(
		    c->req, status_of(c->req, put.made), c->path, false);
	else
		fail(source, st, &err);
}

/* One of several: what has been placed before it stays. */
static enum status
part_store(struct file_call *c, struct source *source,
    const struct multipart_part *part, struct error *err)
{
	struct buf *b = &c->req->response.build;
	struct str path;
	struct put put;
	enum status st =
	    file_call_below(c, c->path, part->filename, &path, err);

	if (st == ST_OK)
		st = file_call_check(c, path, (unsigned)c->req->method, err);
	if (st != ST_OK)
		return st;
	put = put_of(c, path);
	st = content_take(&put, source, err);
	if (st == ST_OK)
		st = put_end(&put, err);
	if (st != ST_OK)
		return st;
	if (b->p[b->n - 1] != '[')
		buf_put_char(b, ',');
	file_put_named(b, path, false);
	buf_put_char(b, '}');
	return ST_OK;
}

/* What was placed is told with the failure. */
static void
fail_after(struct source *s, enum status st, const struct error *err)
{
	struct request *req = s->req;
	struct str done = arena_dup(req->arena, buf_str(&req->response.build));
	bool any = !str_ends(done, STR("[]}"));
	int status = file_answer_status(req, st);

	fail(s, st, err);
	if (any && err->text[0] != '\0')
		response_fail_context(req, status, status, done,
		    arena_dup(req->arena, str_of(err->text)));
}

static void
upload_parts(struct file_call *c, struct source *source)
{
	struct buf *b = &c->req->response.build;
	struct error err = { .text = "" };
	struct multipart_part part;
	bool any = false;
	enum status st;

	buf_put_lit(b, "{\"resource\":[");
	while ((st = next_file(source->part, &part, &err)) == ST_OK) {
		any = true;
		st = part_store(c, source, &part, &err);
		if (st != ST_OK)
			break;
	}
	source->fault = st;
	if (st == ST_MISSING && !any && err.text[0] == '\0')
		st = error_set(&err, ST_INVALID, "The body holds no file.");
	buf_put_lit(b, "]}");
	if (st == ST_MISSING && err.text[0] == '\0')
		file_answer_json(c->req, 201);
	else
		fail_after(source, st, &err);
}

static void
upload_multipart(struct file_call *c)
{
	struct request *req = c->req;
	struct multipart multipart;
	struct source source = { .req = req, .part = &multipart };
	struct error err = { .text = "" };
	enum status st = multipart_open(&multipart, req->arena,
	    req->param[PARAM_CONTENT_TYPE], part_read, req, &err);

	if (st != ST_OK)
		file_answer_fail(req, st, &err);
	else if (c->is_folder)
		upload_parts(c, &source);
	else
		upload_part(c, &source);
}

/* What DreamFactory has, and weir has not. */
static bool
is_offered(struct request *req)
{
	if (!str_is_null(request_query(req, STR("url"))))
		response_fail(req, 400,
		    "Weir fetches no files by 'url': send the content.");
	else if (request_asks(req, "extract") || request_asks(req, "clean"))
		response_fail(req, 501, "Archives are not unpacked here.");
	else
		return true;
	return false;
}

void
upload_handle(struct file_call *c)
{
	struct request *req = c->req;

	if (!is_offered(req))
		return;
	if (multipart_is(req->param[PARAM_CONTENT_TYPE]))
		upload_multipart(c);
	else if (c->is_folder)
		upload_named(c);
	else
		upload_whole(c, c->path);
}
