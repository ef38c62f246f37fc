/* The CORS records (cors_rules.h) as a request asks for them. */
#ifndef WEIR_STAGES_ORIGIN_H
#define WEIR_STAGES_ORIGIN_H

#include <stdbool.h>

struct cors_rule;
struct request;

/*
 * The rule of what the request calls, however that is spelt: records are
 * compared with "/api/v2/", the name of the service in lower case and the
 * resource, and with the path as sent where that leads nowhere. NULL: none
 * fits.
 */
const struct cors_rule *origin_rule(const struct request *req);

/*
 * May the request do what it asks for with credentials that a browser adds by
 * itself? Any page can make one that writes, and need not read the answer: so
 * not if it comes from a page of another origin, unless a record lets that
 * have credentials, and not if the method stands in the query, as in a form.
 * False: the response is the refusal.
 */
bool origin_check(struct request *req);

#endif
