/*
 * What a request calls a file or a folder: names below the root of its service,
 * with a slash between them. There is one way to write each path, so that
 * whoever is asked about it, a role or the cache, is asked about the very thing
 * that is opened: what could be read in two ways is refused, not repaired.
 */
#ifndef WEIR_FILE_PATH_H
#define WEIR_FILE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/file/name.h"

#define FILE_PATH_MAX  1024 /* bytes of a whole path */
#define FILE_DEPTH_MAX 32   /* names of a path */

struct file_path {
	struct str text; /* without slashes at its ends; "": the root */
	bool is_folder;  /* it was written with a slash at its end, or is the
			  * root */
};

/*
 * Reads a path that was percent-decoded once. *out is a view of the text.
 * ST_INVALID names what is wrong.
 */
enum status file_path_read(
    struct str text, struct file_path *out, struct error *err);

/* The last name; "" of the root. A view. */
struct str file_path_name(struct str path);

/* The path of the folder that it lies in; "" of what lies in the root, and of
 * the root. A view. */
struct str file_path_folder(struct str path);

#endif
