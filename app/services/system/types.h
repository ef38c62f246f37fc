/* The service type of those who administer the platform. */
#ifndef WEIR_SERVICES_SYSTEM_TYPES_H
#define WEIR_SERVICES_SYSTEM_TYPES_H

struct service_type;

extern const struct service_type service_system;

#endif
