#include "middleware/handoff.h"

#include "app/base/arena.h"
#include "middleware/request.h"

static const struct {
	const char *choice;
	const char *header;
} ways[] = {
	{ "x-accel-redirect", "X-Accel-Redirect" },
	{ "x-sendfile", "X-Sendfile" },
};

static enum status
prefix_read(
    struct arena *arena, struct str prefix, struct str *out, struct error *err)
{
	if (!str_starts(prefix, STR("/")))
		return error_set(err, ST_INVALID,
		    "sendfile_prefix must begin with a slash where sendfile is "
		    "set: the path of the internal location, or the folder as "
		    "the web server finds it");
	for (size_t i = 0; i < prefix.n; i++) {
		unsigned char c = (unsigned char)prefix.p[i];

		if (c < 0x20 || c == 0x7F)
			return error_set(err, ST_INVALID,
			    "sendfile_prefix holds a control character");
	}
	*out = str_ends(prefix, STR("/"))
		   ? prefix
		   : arena_printf(arena, "%.*s/", STR_ARG(prefix));
	return ST_OK;
}

enum status
handoff_read(struct arena *arena, struct str sendfile, struct str prefix,
    struct handoff *out, struct error *err)
{
	*out = (struct handoff){ .header = NULL };
	if (sendfile.n == 0)
		return ST_OK;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (str_eq(sendfile, str_of(ways[i].choice)))
			out->header = ways[i].header;
	}
	if (out->header == NULL)
		return error_set(err, ST_INVALID,
		    "sendfile must be x-accel-redirect, x-sendfile or empty");
	return prefix_read(arena, prefix, &out->prefix, err);
}

bool
handoff_fits(const struct handoff *h, const struct request *req)
{
	return h->header != NULL && request_reads(req) &&
	       str_is_null(req->param[PARAM_IF_MATCH]) &&
	       str_is_null(req->param[PARAM_IF_UNMODIFIED_SINCE]) &&
	       str_is_null(req->param[PARAM_IF_RANGE]);
}

/* What RFC 3986 leaves as it is in a path, less what some server has a use
 * for. */
static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '/' || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

static void
put_encoded(struct buf *out, struct str path)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if (is_plain(c)) {
			buf_put_char(out, (char)c);
			continue;
		}
		buf_put_char(out, '%');
		buf_put_char(out, hex[c >> 4]);
		buf_put_char(out, hex[c & 15]);
	}
}

void
handoff_answer(struct request *req, const struct handoff *h, struct str path)
{
	struct response *res = &req->response;
	struct buf line = buf_in(req->arena);

	buf_put(&line, str_of(h->header));
	buf_put_lit(&line, ": ");
	put_encoded(&line, h->prefix);
	put_encoded(&line, path);
	res->status = 200;
	res->content.handed = true;
	res->body = buf_str(&line);
}
