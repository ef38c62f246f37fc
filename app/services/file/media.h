/* Content types by name, as in /etc/mime.types of Debian. */
#ifndef WEIR_SERVICES_FILE_MEDIA_H
#define WEIR_SERVICES_FILE_MEDIA_H

#include "app/base/str.h"

/* By what follows the last dot of the name, in any case;
 * "application/octet-stream" when that is not known. */
struct str media_type(struct str name);

/* Can a browser that does not sniff make no page and no program of it? True for
 * plain text, JSON, sound, fonts and pictures other than SVG. */
bool media_is_passive(struct str type);

#endif
