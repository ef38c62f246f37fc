/*
 * What a call reads of the tree. Where a link leads, the role is asked about
 * the place that it leads to, as well: ST_DENIED with err unless it may GET
 * that, too. A place that nobody can tell is reached by who may GET all of the
 * service. What is made of either is not to be cached.
 */
#ifndef WEIR_SERVICES_FILE_REACH_H
#define WEIR_SERVICES_FILE_REACH_H

#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/file/file.h"

struct file_call;

/* Worker only; as look, read and list of struct file_driver are. Names are in
 * the request's arena. */
enum status reach_look(const struct file_call *c, struct str path,
    struct file_info *out, struct error *err);
enum status reach_read(const struct file_call *c, struct str path, int *fd,
    struct file_info *info, struct error *err);
enum status reach_list(const struct file_call *c, struct str path, size_t max,
    struct file_names *out, struct error *err);

#endif
