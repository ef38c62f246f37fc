/* What a role may do, row by row of role_service_access. */
#ifndef WEIR_IMPORT_ROLE_ROWS_H
#define WEIR_IMPORT_ROLE_ROWS_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct import;
struct source_rows;

#define ROLE_ROW_COLUMNS                                                       \
	"id role_id service_id component verb_mask requestor_mask filters "    \
	"filter_op"

/*
 * Grants the role of that name, which has no rows yet, those of `rows` that
 * are of the role `id` there. *is_wider: one was left that may have kept it
 * from something.
 */
enum status role_rows_bring(struct import *imp, struct str name, struct str id,
    const struct source_rows *rows, bool *is_wider, struct error *err);

#endif
