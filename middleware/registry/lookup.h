/* Finding a record by its name, and saying so when there is none. */
#ifndef WEIR_LOOKUP_H
#define WEIR_LOOKUP_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct system_db;

enum noun { NOUN_SERVICE, NOUN_APP, NOUN_ROLE, NOUN_LIMIT, NOUN_USER };

/*
 * The id of the record. ST_MISSING names it and the command that lists what
 * there is. A service's name and a user's, which is the e-mail, may be in any
 * case. ST_INVALID for a thing that is
 * declared, with its place: no record may change it, or refer to it.
 */
enum status lookup_id(struct system_db *db, enum noun noun, struct str name,
    int64_t *id, struct error *err);

/* ST_EXISTS, and where, when a thing of that name is declared. */
enum status lookup_undeclared(
    struct system_db *db, enum noun noun, struct str name, struct error *err);

/* s in lower case, cut off at size bytes. */
struct str lower_case(struct str s, char *out, size_t size);

#endif
