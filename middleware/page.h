/*
 * What weir tells of itself beside the API, to whoever watches it: pages of no
 * service, which need no API key, count against no limit and are not kept in
 * the cache.
 */
#ifndef WEIR_PAGE_H
#define WEIR_PAGE_H

#include "app/base/str.h"
#include "middleware/request.h"

/* PAGE_NONE: the path, as sent, is none of them. */
enum page_kind page_find(struct str path);

/*
 * Part of request_route(), once the page and the method are known. ST_OK: the
 * page is made later, by service_page(); else the response is complete: that
 * weir lives, a file of the console, or a refusal.
 */
enum status page_route(struct request *req);

/* Does the token, of Authorization, let its bearer read this page? METRICS_KEY
 * does, and only that page. In constant time. */
bool page_opens(const struct request *req, struct str token);

/* The answer is a JSON object with that status; never to be cached. */
void page_answer(struct request *req, int status, struct str text);

#endif
