/* The service types that are databases. */
#ifndef WEIR_SERVICES_DB_TYPES_H
#define WEIR_SERVICES_DB_TYPES_H

struct service_type;

extern const struct service_type service_sqlite;
extern const struct service_type service_mysql;
extern const struct service_type service_mariadb; /* by another name */

#endif
