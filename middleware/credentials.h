/* Where a request says who it is from (dreamfactory.md 2.1). */
#ifndef WEIR_CREDENTIALS_H
#define WEIR_CREDENTIALS_H

#include <stdbool.h>

#include "app/base/str.h"

struct request;

/* As sent; empty where nothing was. */
struct credentials {
	struct str key;
	struct str token;
	struct str basic; /* what follows "Basic " */
};

/*
 * The first that is not empty of each, in the order of its places. The body is
 * looked into for what is in none of them, and only when there is no key, or
 * with `body`: so what a record has in such a member is seldom taken for one.
 */
void credentials_read(struct request *req, bool body, struct credentials *out);

/* The name and the password of HTTP Basic, in the arena. False when it is
 * none. */
bool credentials_basic(struct request *req, struct str basic, struct str *name,
    struct str *password);

#endif
