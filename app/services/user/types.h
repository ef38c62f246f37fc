/* The service type of those who use the platform. */
#ifndef WEIR_SERVICES_USER_TYPES_H
#define WEIR_SERVICES_USER_TYPES_H

struct service_type;

extern const struct service_type service_user;

#endif
