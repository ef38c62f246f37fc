/* The config of a service of DreamFactory, as members of a config here. */
#ifndef WEIR_IMPORT_SERVICE_MEMBERS_H
#define WEIR_IMPORT_SERVICE_MEMBERS_H

#include "app/base/status.h"
#include "app/base/str.h"

struct config_given;
struct import;
struct service_type;

/*
 * Reads the row of the service's id in the table of its type, and `config`,
 * which is JSON of further members or STR_NULL; secrets come out in clear.
 * Members that the type does not have are left out, and noted when they say
 * anything. given->list lives in the arena. ST_INVALID when one that it has
 * cannot be read.
 */
enum status service_members_read(struct import *imp,
    const struct service_type *type, struct str id, struct str config,
    struct config_given *given, struct error *err);

#endif
