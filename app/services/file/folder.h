/* Folders are made and moved, files copied and moved. */
#ifndef WEIR_SERVICES_FILE_FOLDER_H
#define WEIR_SERVICES_FILE_FOLDER_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct file_call;

/* Worker only, all of them; the role must allow each path. ST_EXISTS when
 * something stands there. */

/* With the folders above it that are missing. */
enum status file_folder_make(
    struct file_call *c, struct str path, struct error *err);

enum status file_copy(
    struct file_call *c, struct str from, struct str to, struct error *err);

/* With all that it holds, but for links. Ends with the first that fails; what
 * was copied before it stays. */
enum status folder_copy(
    struct file_call *c, struct str from, struct str to, struct error *err);

/* Of a file, or of a folder with all that it holds. */
enum status file_move(struct file_call *c, struct str from, struct str to,
    bool is_folder, struct error *err);

#endif
