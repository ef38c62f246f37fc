/* Files and folders are deleted. */
#ifndef WEIR_SERVICES_FILE_REMOVE_H
#define WEIR_SERVICES_FILE_REMOVE_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct file_call;

/* Worker only: makes the response. */
void remove_handle(struct file_call *c);

/* Worker only: one file, or one folder; `force`: with all that it holds. The
 * role must allow all of it. */
enum status remove_file(
    struct file_call *c, struct str path, struct error *err);
enum status remove_folder(
    struct file_call *c, struct str path, bool force, struct error *err);

#endif
