/* The counters of the limits that a read shows, where it asks for them as for
 * a relation (dreamfactory.md 4.5). */
#ifndef WEIR_SERVICES_SYSTEM_LIMIT_RELATED_H
#define WEIR_SERVICES_SYSTEM_LIMIT_RELATED_H

#include <stdbool.h>

#include "app/base/jsonread.h"
#include "app/services/system/limit_counters.h"

struct request;

/* Does the list of relations name it? */
bool limit_related_asked(struct str related);

/* Looks at the first counters of all limits of the answer, a list or one
 * record; false: the response holds the refusal. */
bool limit_related_read(
    struct request *req, struct json answer, struct limit_counters *out);

#endif
