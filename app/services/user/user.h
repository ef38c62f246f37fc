/* The instance of a service of type user. */
#ifndef WEIR_SERVICES_USER_H
#define WEIR_SERVICES_USER_H

#include <stdbool.h>
#include <stdint.h>

struct user_service {
	bool open_registration;
	int64_t role_id; /* of who registers, in every app; 0: none */
};

#endif
