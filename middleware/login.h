/*
 * Is that the password of that user? For the log-in and for HTTP Basic. Who
 * asks learns nothing of which users there are: neither from the answer nor
 * from the time it takes.
 */
#ifndef WEIR_LOGIN_H
#define WEIR_LOGIN_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/user_records.h"

struct request;

struct login_order {
	enum user_key by;
	struct str name; /* e-mail or username, in any case */
	struct str password;
	/* Only those who administer (true), or only those who do not. */
	bool either; /* or it does not matter */
	bool admin;
};

/*
 * Worker only: *out is the user, and the log-in counts as one that passed.
 * Else the response holds the refusal: 401 with `wrong` whatever is wrong, 429
 * when too many have failed, 503 when there is no room, or no database.
 */
enum status login_verify(struct request *req, const struct login_order *order,
    const char *wrong, struct user_record *out);

#endif
