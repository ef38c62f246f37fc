/*
 * What the caller may read besides the resource that it calls: records that are
 * related to those of the resource stand in tables of others.
 */
#ifndef WEIR_SERVICES_SYSTEM_RIGHTS_H
#define WEIR_SERVICES_SYSTEM_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

struct condition;
struct request;
struct role;
struct system_resource;

/*
 * A role, in the request's arena, for the read that the data API makes of the
 * call, on a service of that id: it may read each table whose resource the
 * caller may GET, and the parts of what is called.
 */
const struct role *system_rights(struct request *req,
    const struct system_resource *resource, int64_t service_id);

/* May that role show, with records of the resource, those of the table that are
 * related to them? service_id: of the System API. */
bool system_rights_relate(const struct role *role, int64_t service_id,
    const struct system_resource *resource, struct str table);

/* Which records of it the caller may read, in the arena: of services, who is
 * no administrator sees those that the role reaches (dreamfactory.md 8.2).
 * NULL: all. */
const struct condition *system_rights_rows(
    struct request *req, const struct system_resource *resource);

/* May the caller give that role to a user or an app? Who changes roles may;
 * else whoever writes users would have any right by a role that has it. */
bool system_rights_give(const struct request *req, int64_t role_id);

/* Row filters cannot be applied to what the platform keeps, so they open
 * nothing. False: the response is the refusal. */
bool system_rights_check(struct request *req);

#endif
