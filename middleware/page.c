#include "middleware/page.h"

#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/console.h"
#include "middleware/meters.h"

#define ALLOWED STR("GET, HEAD")

static const struct {
	struct str path;
	enum page_kind page;
} pages[] = {
	{ { "/health/live", 12 }, PAGE_LIVE },
	{ { "/health/ready", 13 }, PAGE_READY },
	{ { "/metrics", 8 }, PAGE_METRICS },
};

enum page_kind
page_find(struct str path)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (str_eq(path, pages[i].path))
			return pages[i].page;
	}
	return console_holds(path) ? PAGE_CONSOLE : PAGE_NONE;
}

void
page_answer(struct request *req, int status, struct str text)
{
	struct response *res = &req->response;

	res->type = STR("application/json");
	res->status = status;
	res->body = text;
	response_header(res, STR("Cache-Control"), STR("no-store"));
}

bool
page_opens(const struct request *req, struct str token)
{
	struct str key = str_of(req->settings->metrics_key);

	return req->page == PAGE_METRICS && key.n > 0 && token.n == key.n &&
	       secret_equal(token.p, key.p, key.n);
}

enum status
page_route(struct request *req)
{
	if (req->page == PAGE_METRICS && !meters_wanted(req->settings)) {
		response_fail(req, 404, "METRICS is off.");
		return ST_MISSING;
	}
	if (!request_reads(req)) {
		response_fail(req, 405, "%.*s is not supported for this path.",
		    STR_ARG(method_name(req->method)));
		response_header(&req->response, STR("Allow"), ALLOWED);
		return ST_INVALID;
	}
	if (req->page == PAGE_LIVE)
		page_answer(req, 200, STR("{\"status\":\"alive\"}"));
	else if (req->page == PAGE_CONSOLE)
		console_answer(req);
	else
		return ST_OK;
	return ST_EXISTS;
}
