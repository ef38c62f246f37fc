/*
 * What the cache must know of a read that is made of the catalogue alone: lists
 * of resources and tables, descriptions. The key says which schema, what the
 * path names, and the options that change such an answer.
 */
#ifndef WEIR_SERVICES_DB_SCHEMA_PLAN_H
#define WEIR_SERVICES_DB_SCHEMA_PLAN_H

#include "app/base/status.h"

struct cache_plan;
struct request;

/* As cache_plan of struct service_type. */
enum status schema_plan(struct request *req, struct cache_plan *plan);

#endif
