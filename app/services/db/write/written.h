/* A record that has been written, as the answer shows it. */
#ifndef WEIR_SERVICES_DB_WRITTEN_H
#define WEIR_SERVICES_DB_WRITTEN_H

#include "app/services/db/db.h"

struct draft;
struct preload;
struct record_name;

struct written {
	const struct query *query;      /* which fields to show */
	const struct record_name *name; /* NULL: not known */
	const struct draft *draft;      /* what the client sent */
	/* Made by this call, so that it cannot be another's; a user who may
	 * only INSERT may not lock either. */
	bool is_new;
	struct preload *preload; /* takes the record as well; or NULL */
};

/*
 * Appends the record as an object, read back unless its name alone will do.
 * When its name is not known, what was sent has to do. ST_DENIED when the
 * role's condition does not let the record be seen: undo the write.
 */
enum status written_show(struct table_call *c, const struct written *w,
    struct buf *out, struct error *err);

/* Can what a query shows of any written record be told without reading? */
bool written_needs_no_read(const struct query *q);

/*
 * May rows of the call's table be made or changed at all? ST_DENIED where the
 * role has a condition that nobody could check afterwards, since no key finds
 * the row again, or whose breach nobody could undo.
 */
enum status written_check(const struct table_call *c, struct error *err);

#endif
