/* Lists of what lies in a folder. */
#ifndef WEIR_SERVICES_FILE_LIST_H
#define WEIR_SERVICES_FILE_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct file_call;

/* Most entries of one answer. */
#define LIST_MAX 10000

struct list_wish {
	bool files;
	bool folders;
	bool tree;
	bool as_list;        /* their paths alone */
	bool as_access_list; /* what a role's rows may name */
	bool count;
	bool known; /* sizes and dates are shown */
	int64_t limit;
	int64_t offset;
	struct str search; /* a part of the name, in any case; or STR_NULL */
	struct str fields; /* names, with commas; STR_NULL: all */
};

/* ST_INVALID with err. */
enum status list_wish_take(
    const struct file_call *c, struct list_wish *out, struct error *err);

/* Worker only: makes the response. */
void list_folder(struct file_call *c, const struct list_wish *wish);

#endif
