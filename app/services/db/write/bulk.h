/*
 * A call that writes records, each by itself and all in one transaction
 * (dreamfactory.md 1.10): what to do with each, and what came of them.
 */
#ifndef WEIR_SERVICES_DB_BULK_H
#define WEIR_SERVICES_DB_BULK_H

#include "app/services/db/db.h"
#include "app/services/db/write/draft.h"
#include "app/services/db/write/results.h"
#include "middleware/json.h"

struct bulk;
struct preload;

/* A record in the text of the results, and its row of the preload. */
struct bulk_mark {
	size_t from;
	size_t n;
	size_t row;
};

/*
 * What is to be done with item i; appends the record that it became, as the
 * answer shows it, to shown. ST_INVALID, ST_EXISTS and ST_MISSING are about
 * this item alone; anything else ends the call.
 */
typedef enum status bulk_item_f(
    struct bulk *b, size_t i, struct buf *shown, struct error *err);

struct bulk {
	struct table_call *call;
	struct query query;
	struct records records; /* n: 0 where the identifiers say it all */
	bulk_item_f *item;
	size_t n;           /* items: query.ids where there are some, else
			     * records */
	struct draft draft; /* the one for all ids; n: 0 when there is none */
	const char *verb;   /* "create" */
	const char *done;   /* "created" */
	bool single;        /* named by the path: answered without a list */

	bool nests;       /* related records are in some of the records */
	size_t by_itself; /* items before this one are not put into blocks */

	struct preload *preload; /* of the records shown; NULL: nothing related
				  * is asked for */
	struct bulk_mark *marks; /* of items with a record, in their order */
	size_t n_marks;
	size_t *shown; /* rows of items that are shown before all is deleted */

	bool unmet; /* the precondition of the call, see precondition.h */
	struct results results;
	enum status last; /* of the item that failed last */
	struct error why; /* in its words */
	bool rolled_back; /* nothing of the call is kept */
};

/* Writes all items and makes the response. */
void bulk_run(struct bulk *b);

/*
 * Does the call run one statement, which is a transaction of its own? On a
 * server BEGIN and COMMIT cost two round trips more. Where looking at the
 * schema is cheap, that is done in a transaction: see write_begin().
 */
bool bulk_autocommits(const struct bulk *b);

/*
 * Makes new records from item i on in one statement, where that gives what one
 * by one gives: a round trip to a server costs more than a record. ST_OK with
 * how many became of it, their results added; *n is 0: item i is to be made by
 * itself, as when one of several failed and nothing was made. Anything else
 * ends the call.
 */
enum status block_create(
    struct bulk *b, size_t i, size_t *n, struct error *err);

/* Where what is missing is made, may item i change nothing at all? Its record
 * has its name then, and so says that it is to be there. */
bool item_may_keep(const struct bulk *b, size_t i);

/* The three things that can be done with an item, and what shows one that is
 * to be deleted. */
bulk_item_f item_create, item_change, item_delete, item_show;

/*
 * What is related to the records of the answer: begun with each run of the
 * items; item i has its record behind the first `from` bytes of the results;
 * and shown when all items have run, or before the first is deleted.
 */
enum status bulk_related_begin(struct bulk *b, struct error *err);
void bulk_related_mark(struct bulk *b, size_t i, size_t from);
enum status bulk_related_show(struct bulk *b, struct error *err);

#endif
