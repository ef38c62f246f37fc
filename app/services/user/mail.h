/* What is mailed to users. */
#ifndef WEIR_SERVICES_USER_MAIL_H
#define WEIR_SERVICES_USER_MAIL_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct request;
struct settings;

/* Does the installation send mail? */
bool mail_is_on(const struct settings *settings);

/* Mails a code by which the user may set a password: see mailer_send().
 * ST_INVALID: nobody can have that address. */
enum status mail_code(
    struct request *req, struct str email, const char *code, struct error *err);

#endif
