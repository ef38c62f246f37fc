/*
 * The database of the database store, as DB_CACHE_CONNECTION has it: the system
 * database, or that of a service which the env file declares or the system
 * database records.
 */
#ifndef WEIR_STORE_DATABASE_H
#define WEIR_STORE_DATABASE_H

#include "app/base/status.h"

struct db_config;
struct settings;

/*
 * Reads the records, if need be; a later change of the service is not noticed.
 * *out has texts of its own, until db_config_free(). ST_INVALID: there is no
 * such service, or it stands on no database; otherwise what reading the system
 * database came to. err names DB_CACHE_CONNECTION.
 */
enum status store_database_find(
    const struct settings *settings, struct db_config *out, struct error *err);

#endif
