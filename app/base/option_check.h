/* What texts of options must be beside their type: option.valid (option.h). */
#ifndef WEIR_BASE_OPTION_CHECK_H
#define WEIR_BASE_OPTION_CHECK_H

#include <stdbool.h>

#include "app/base/str.h"

/* Base64 of a key of secret.h; several with commas between them. */
bool option_is_key(struct str text);
bool option_is_key_list(struct str text);

/* Long enough to sign with. */
bool option_is_long_secret(struct str text);

bool option_is_one_line(struct str text);

/* An absolute path and its arguments, in one line. */
bool option_is_command(struct str text);

/* unix:/path, or host:port, or [address]:port. */
bool option_is_listen(struct str text);

/* "off", or networks. */
bool option_is_metrics(struct str text);

#endif
