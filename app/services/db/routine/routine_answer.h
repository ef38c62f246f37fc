/*
 * What a routine gives, as JSON (dreamfactory.md 7.8), written as it comes:
 *
 *   one result set      {"resource":[{...},...]}
 *   several             {"resource":[[{...},...],[...]]}, empty ones as well
 *   with OUT and INOUT  {"resource":[...],"name":value,...}, without
 *                       "resource" when there is no result set
 *   a function          its value alone, or {"resource":[{"output":value}]}
 *                       with returns=TABLE
 *   returns=TYPE        the first value of the first row alone
 *
 * wrapper= gives "resource" another name, and a wrapper to a value; wrap=false
 * takes it away where nothing stands beside it. Of columns with one name the
 * last is shown.
 */
#ifndef WEIR_SERVICES_DB_ROUTINE_ANSWER_H
#define WEIR_SERVICES_DB_ROUTINE_ANSWER_H

#include "app/services/db/read/rows.h"
#include "app/services/db/routine/routine.h"
#include "app/services/db/routine/routine_options.h"
#include "app/services/db/value/cast.h"

#define ROUTINE_SETS_MAX 1000

/* Why the rest of an answer is not wanted. */
enum routine_beyond { BEYOND_NOTHING, BEYOND_ROWS, BEYOND_SETS, BEYOND_BYTES };

struct routine_answer {
	const struct routine_call *call;
	const struct routine_options *options;
	struct buf *out;  /* {"resource":[ and the sets */
	size_t before;    /* bytes before the "[" */
	struct buf outs;  /* "name":value,... */
	bool is_value;    /* the first value alone is wanted */
	struct buf value; /* it, empty until it came */
	size_t n_sets;
	int64_t n_rows;   /* of the sets before this one */
	struct rows rows; /* of this set */
	size_t n_columns;
	enum cast *casts; /* beside the columns */
	bool *hidden;
	struct db_value *shown; /* room for a row */
	enum routine_beyond beyond;
};

/* ST_INVALID: an OUT parameter is called what the wrapper is. c and options
 * must live as long as the answer. */
enum status routine_answer_open(struct routine_answer *a,
    const struct routine_call *c, const struct routine_options *options,
    struct error *err);

/* Makes it the taker of what comes of the call; with ST_TOO_BIG the answer
 * says that it is beyond a bound. */
void routine_answer_take(struct routine_answer *a, struct db_call *call);

/* Makes the response of what came. */
void routine_answer_end(struct routine_answer *a);

#endif
