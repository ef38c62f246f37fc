/*
 * Records that are sent within another, under the name of the relation between
 * them: without an id they are new, with one they are changed, and with a null
 * in place of what leads to the other they are removed (dreamfactory.md 8.1).
 */
#ifndef WEIR_SERVICES_SYSTEM_CHILDREN_H
#define WEIR_SERVICES_SYSTEM_CHILDREN_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/services/system/input.h"
#include "middleware/registry/lookup_records.h"

struct system_write;

/* What is done with one of them; id 0: it is new. */
struct child {
	struct system_write *w;
	const void *parent;
	struct input in;
	int64_t id;
	bool removes;
};

typedef enum status child_f(const struct child *child, struct error *err);

struct children {
	const char *relation; /* the member they stand in */
	const char *table;    /* of theirs */
	const char *link;     /* the member of theirs that leads to the other */
	const void *parent;   /* for f */
	child_f *f;           /* ST_MISSING: there is none of the id */
};

/* ST_INVALID names the relation. */
enum status children_write(struct system_write *w, const struct input *parent,
    const struct children *children, struct error *err);

/* Lookups of the scope, whose link is the member that names it. */
enum status lookups_write(struct system_write *w, const struct input *parent,
    const char *relation, const char *link, const struct lookup_scope *scope,
    struct error *err);

#endif
