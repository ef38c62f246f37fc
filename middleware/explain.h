/*
 * Calls that are told about instead of being answered: what the cache would do
 * with them, and why (stages/cache_explain.h). Nothing is counted, stored or
 * asked of a database for one.
 */
#ifndef WEIR_EXPLAIN_H
#define WEIR_EXPLAIN_H

#include <stdbool.h>

struct request;

/*
 * Is that asked for, by who may: an administrator who may do anything, with
 * X-Weir-Explain, or the operator of this host, as by_operator of the request
 * says? To be asked again once it is certain who calls.
 */
bool explain_asked(const struct request *req);

#endif
