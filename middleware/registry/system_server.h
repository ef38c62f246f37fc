/* The system database on a server of MySQL or MariaDB. */
#ifndef WEIR_SYSTEM_SERVER_H
#define WEIR_SYSTEM_SERVER_H

#include <stdbool.h>

#include "app/base/status.h"

struct settings;
struct system_db;

/*
 * What system_db_open() does there; db->driver is set. A database that cannot
 * be made comes with the SQL that an administrator of the server runs.
 */
enum status system_server_open(struct system_db *db,
    const struct settings *settings, bool create, struct error *err);

#endif
