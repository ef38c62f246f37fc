/* The system database on a server of MySQL or MariaDB. */
#ifndef WEIR_SYSTEM_SERVER_H
#define WEIR_SYSTEM_SERVER_H

#include <stdbool.h>

#include "app/base/status.h"

struct db_config;
struct settings;
struct system_db;

/* How to reach a database of the server; texts are those of the settings. */
struct db_config system_server_config(
    const struct settings *settings, const char *database);

/*
 * What system_db_open() does there; db->driver is set. A database that cannot
 * be made comes with the SQL that an administrator of the server runs.
 */
enum status system_server_open(struct system_db *db,
    const struct settings *settings, bool create, struct error *err);

#endif
