/*
 * A folder and, if wished, all below it: each folder before what lies in it,
 * names in the order of their bytes. Links are named and not followed.
 */
#ifndef WEIR_SERVICES_FILE_WALK_H
#define WEIR_SERVICES_FILE_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "drivers/file/file.h"

struct file_call;

/* Most names that one call looks at. */
#define WALK_MAX 100000

struct walk_step {
	struct str path; /* below the root */
	enum file_kind kind;
};

struct walk {
	const struct file_call *call;
	bool tree; /* what lies deeper, too */
	/* the verb (enum method) without which the role sees nothing of a
	 * folder below; 0: all folders are seen */
	unsigned verb;
	struct buf steps; /* of struct walk_step, in the request's arena */
	size_t n;
	bool has_links;
};

/* Fills w->steps. ST_TOO_BIG with err: there are more than WALK_MAX;
 * ST_TIMEOUT: as file_call_timely(). */
enum status walk_run(struct walk *w, struct str folder, struct error *err);

static inline const struct walk_step *
walk_steps(const struct walk *w)
{
	return (const struct walk_step *)(const void *)w->steps.p;
}

#endif
