/* The service types that are databases, one for each driver. */
#ifndef WEIR_SERVICES_DB_TYPES_H
#define WEIR_SERVICES_DB_TYPES_H

struct service_type;

extern const struct service_type service_sqlite;

#endif
