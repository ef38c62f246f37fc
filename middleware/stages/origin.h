/* The CORS records (cors_rules.h) as a request asks for them. */
#ifndef WEIR_STAGES_ORIGIN_H
#define WEIR_STAGES_ORIGIN_H

struct cors_rule;
struct request;

/*
 * The rule of what the request calls, however that is spelt: records are
 * compared with "/api/v2/", the name of the service in lower case and the
 * resource, and with the path as sent where that leads nowhere. NULL: none
 * fits.
 */
const struct cors_rule *origin_rule(const struct request *req);

#endif
