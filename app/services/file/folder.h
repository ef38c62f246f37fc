/* Folders are made. */
#ifndef WEIR_SERVICES_FILE_FOLDER_H
#define WEIR_SERVICES_FILE_FOLDER_H

#include "app/base/status.h"
#include "app/base/str.h"

struct file_call;

/* Worker only, all of them; the role must allow each path. ST_EXISTS when
 * something stands there. */

/* With the folders above it that are missing. */
enum status file_folder_make(
    struct file_call *c, struct str path, struct error *err);

/* This one alone; ST_MISSING: the folder that it would lie in is. */
enum status file_folder_make_one(
    struct file_call *c, struct str path, struct error *err);

#endif
