/* What the texts of a user must be. */
#ifndef WEIR_USER_CHECK_H
#define WEIR_USER_CHECK_H

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct user_record;

/*
 * Makes the record what is stored: without blanks around texts, e-mail and
 * username in lower case, what is empty absent, a name made of what there is.
 * New texts live in the arena. ST_INVALID names the text that is wrong.
 */
enum status user_check(
    struct arena *arena, struct user_record *r, struct error *err);

/* The text in lower case (letters of ASCII), without blanks around it. */
struct str user_lower(struct arena *arena, struct str text);

/* Something, one "@", something, and neither blanks nor control characters. */
enum status user_email_check(struct str email, struct error *err);

#endif
