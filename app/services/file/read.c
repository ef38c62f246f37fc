#include "app/services/file/read.h"

#include <errno.h>
#include <unistd.h>

#include "app/base/jsonmember.h"
#include "app/base/utf8.h"
#include "app/services/file/answer.h"
#include "app/services/file/call.h"
#include "app/services/file/file.h"
#include "app/services/file/media.h"
#include "app/services/file/reach.h"
#include "middleware/http_date.h"
#include "middleware/request.h"

#define NS INT64_C(1000000000)

/* Of a file that stands in an answer of JSON. */
#define CONTENT_MAX ((int64_t)1 << 20)

/*
 * A file may be a page of anybody's, on the console's origin: it shows what it
 * holds itself, and runs nothing. In a sandbox browsers show no PDF, whose
 * scripts see nothing of the origin.
 */
#define POLICY                                                                 \
	"default-src 'none'; img-src 'self' data:; media-src 'self'; "         \
	"style-src 'unsafe-inline'"
#define POLICY_SANDBOX POLICY "; sandbox"

void
read_wish_take(const struct file_call *c, struct read_wish *out)
{
	const struct request *req = c->req;
	struct str base64 = request_query(req, STR("is_base64"));

	out->properties = request_asks(req, "include_properties");
	out->content = request_asks(req, "content");
	out->bare = str_is_no(base64);
	out->download = request_asks(req, "download");
}

void
read_tag(const struct file_info *info, uint8_t out[DIGEST_BYTES])
{
	const int64_t parts[] = { (int64_t)info->id, info->bytes,
		info->modified_ns, info->changed_ns };

	digest(str_make((const char *)parts, sizeof(parts)), out);
}

void
read_put_known(struct buf *b, struct str path, const struct file_info *info)
{
	char date[HTTP_DATE_BYTES];

	if (!info->is_folder)
		put_text(b, "content_type", media_type(file_path_name(path)));
	put_text(
	    b, "last_modified", http_date_write(info->modified_ns / NS, date));
	if (!info->is_folder)
		put_number(b, "content_length", info->bytes);
}

/* Quotes and backslashes are escaped; what is not ASCII goes into the second
 * form (RFC 6266), which those that know it prefer. */
static void
put_disposition(struct request *req, struct str name)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buf line = buf_in(req->arena);

	buf_put_lit(&line, "attachment; filename=\"");
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_put_char(&line, '\\');
		buf_put_char(&line, (name.p[i] & 0x80) != 0 ? '_' : name.p[i]);
	}
	buf_put_lit(&line, "\"; filename*=UTF-8''");
	for (size_t i = 0; i < name.n; i++) {
		unsigned char ch = (unsigned char)name.p[i];

		if ((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') ||
		    (ch >= 'a' && ch <= 'z') || ch == '.' || ch == '-') {
			buf_put_char(&line, name.p[i]);
			continue;
		}
		buf_put_char(&line, '%');
		buf_put_char(&line, digits[ch >> 4]);
		buf_put_char(&line, digits[ch & 15]);
	}
	response_header(
	    &req->response, STR("Content-Disposition"), buf_str(&line));
}

/* What looks like a page is not one unless its name says so. */
static void
put_safety(struct response *res)
{
	response_header(res, STR("X-Content-Type-Options"), STR("nosniff"));
	if (media_is_passive(res->type))
		return;
	response_header(res, STR("Content-Security-Policy"),
	    str_eq(res->type, STR("application/pdf")) ? STR(POLICY)
						      : STR(POLICY_SANDBOX));
}

static void
content_answer(struct file_call *c, const struct read_wish *wish,
    const struct file_info *info, int fd)
{
	struct request *req = c->req;
	struct response *res = &req->response;

	res->status = 200;
	res->type = media_type(file_path_name(c->path));
	res->content = (struct response_content){
		.has_tag = true,
		.modified = info->modified_ns / NS,
		.ranges = true,
	};
	read_tag(info, res->content.tag);
	put_safety(res);
	if (wish->download)
		put_disposition(req, file_path_name(c->path));
	/* How the web server follows links weir cannot know. */
	if (!info->is_linked && handoff_fits(&c->service->handoff, req)) {
		(void)close(fd); /* nothing was written by it */
		handoff_answer(req, &c->service->handoff, c->path);
	} else {
		response_file(req, fd, 0, info->bytes);
	}
}

/* Does it fit into a string of JSON as it is? */
static bool
is_text(struct str content)
{
	size_t n = 1;

	for (; content.n > 0 && n > 0; content = str_skip(content, n))
		n = utf8_first(content);
	return n > 0;
}

/* All of it, in the arena. */
static enum status
content_read(struct file_call *c, int fd, int64_t bytes, struct str *out,
    struct error *err)
{
	char *p;
	size_t n = 0;
	ssize_t got = 1;

	if (bytes > CONTENT_MAX)
		return error_set(err, ST_INVALID,
		    "'%.*s' has more than %lld bytes: ask for it without "
		    "include_properties.",
		    STR_ARG(c->path), (long long)CONTENT_MAX);
	p = arena_alloc(c->req->arena, (size_t)bytes + 1);
	while (n < (size_t)bytes && got != 0) {
		got = read(fd, p + n, (size_t)bytes - n);
		if (got < 0 && errno != EINTR)
			return error_set(err, ST_ERROR,
			    "Failed to read '%.*s'.", STR_ARG(c->path));
		if (got > 0)
			n += (size_t)got;
	}
	*out = str_make(p, n);
	return ST_OK;
}

static void
properties_put(struct file_call *c, const struct file_info *info)
{
	struct buf *b = &c->req->response.build;

	file_put_named(b, c->path, info->is_folder);
	read_put_known(b, c->path, info);
}

static void
properties_answer(struct file_call *c, const struct read_wish *wish,
    const struct file_info *info, struct str content)
{
	struct buf *b = &c->req->response.build;

	properties_put(c, info);
	if (wish->content) {
		json_put_name(b, STR("content"));
		if (wish->bare)
			json_put_str(b, content);
		else
			json_put_base64(b, content.p, content.n);
	}
	buf_put_char(b, '}');
	file_answer_json(c->req, 200);
}

void
read_file(struct file_call *c, const struct read_wish *wish)
{
	struct error err = { .text = "" };
	struct str content = STR("");
	struct file_info info;
	enum status st;
	int fd;

	st = reach_read(c, c->path, &fd, &info, &err);
	if (st != ST_OK) {
		file_answer_fail(c->req, st, &err);
		return;
	}
	if (!wish->properties) {
		content_answer(c, wish, &info, fd);
		return;
	}
	if (wish->content)
		st = content_read(c, fd, info.bytes, &content, &err);
	(void)close(fd); /* nothing was written by it */
	if (st == ST_OK && wish->bare && !is_text(content))
		st = error_set(&err, ST_INVALID,
		    "'%.*s' is not UTF-8: ask for it without is_base64=false.",
		    STR_ARG(c->path));
	if (st == ST_OK)
		properties_answer(c, wish, &info, content);
	else
		file_answer_fail(c->req, st, &err);
}

void
read_folder(struct file_call *c)
{
	struct error err = { .text = "" };
	struct file_info info;
	enum status st = reach_look(c, c->path, &info, &err);

	if (st == ST_OK && !info.is_folder)
		st = error_set(&err, ST_MISSING,
		    "'%.*s' is a file: leave the slash at its end out.",
		    STR_ARG(c->path));
	if (st != ST_OK) {
		file_answer_fail(c->req, st, &err);
		return;
	}
	properties_put(c, &info);
	buf_put_char(&c->req->response.build, '}');
	file_answer_json(c->req, 200);
}
