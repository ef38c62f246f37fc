/* Files and folders are copied and moved within their service. */
#ifndef WEIR_SERVICES_FILE_TRANSFER_H
#define WEIR_SERVICES_FILE_TRANSFER_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct file_call;

/* Worker only, all of them; the role must allow each path. ST_EXISTS when
 * something stands there. */

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
