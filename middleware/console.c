#include "middleware/console.h"

#include "app/base/settings.h"
#include "middleware/etag.h"
#include "middleware/request.h"

#define CONSOLE STR("/console")
#define FIRST   STR("index.html")

/* What its pages may do, whatever comes to stand in them: run, show and ask
 * what weir itself serves, and be within nobody else's page. */
#define POLICY                                                                 \
	STR("default-src 'none'; script-src 'self'; style-src 'self'; "        \
	    "img-src 'self' data:; connect-src 'self'; "                       \
	    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'")

static const struct {
	struct str ending;
	struct str type;
} types[] = {
	{ { ".html", 5 }, { "text/html; charset=utf-8", 24 } },
	{ { ".css", 4 }, { "text/css; charset=utf-8", 23 } },
	{ { ".js", 3 }, { "text/javascript; charset=utf-8", 30 } },
	{ { ".svg", 4 }, { "image/svg+xml", 13 } },
};

bool
console_holds(struct str path)
{
	return str_starts(path, CONSOLE) &&
	       (path.n == CONSOLE.n || path.p[CONSOLE.n] == '/');
}

static const struct console_file *
file_find(struct str path)
{
	struct str name = str_skip(path, CONSOLE.n + 1);

	if (name.n == 0)
		name = FIRST;
	for (const struct console_file *f = console_files; f->name != NULL; f++)
		if (str_eq(name, str_of(f->name)))
			return f;
	return NULL;
}

static struct str
type_of(struct str name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_ends(name, types[i].ending))
			return types[i].type;
	return STR("application/octet-stream");
}

static void
put_headers(struct response *res, struct str etag)
{
	response_header(res, STR("ETag"), etag);
	response_header(res, STR("Cache-Control"), STR("no-cache"));
	response_header(res, STR("Content-Security-Policy"), POLICY);
	response_header(res, STR("X-Content-Type-Options"), STR("nosniff"));
	response_header(res, STR("Referrer-Policy"), STR("no-referrer"));
	response_header(
	    res, STR("Cross-Origin-Opener-Policy"), STR("same-origin"));
}

void
console_answer(struct request *req)
{
	const struct console_file *file = file_find(req->path);
	struct response *res = &req->response;
	struct str etag;

	if (!req->settings->console) {
		response_fail(req, 404, "CONSOLE is false.");
		return;
	}
	if (file == NULL) {
		response_fail(req, 404,
		    "The console, which begins at /console, has no such file.");
		return;
	}
	etag = str_of(file->etag);
	put_headers(res, etag);
	res->type = type_of(str_of(file->name));
	res->body = str_make((const char *)file->bytes, file->n);
	res->status =
	    etag_listed(req->param[PARAM_IF_NONE_MATCH], etag) ? 304 : 200;
}
