/* A name of a file or folder, as one piece of a path. */
#ifndef WEIR_FILE_NAME_H
#define WEIR_FILE_NAME_H

#include <stddef.h>

#include "app/base/str.h"

#define FILE_NAME_MAX 255 /* bytes, as file systems have it */

/* Names that begin so are weir's own: what is being written. They are shown to
 * nobody, and nobody can ask for them. */
#define FILE_HIDDEN STR(".weir-")

/*
 * NULL, or what is wrong with one name, to follow "it": empty, too long, "." or
 * "..", a slash, a backslash or a control character in it, no UTF-8, hidden, or
 * one that is "..", or holds what no name may, when it is decoded once more or
 * when its characters that look like dots and slashes are taken for them.
 */
const char *file_name_fault(struct str name);

#endif
