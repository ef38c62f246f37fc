/*
 * The procedures and functions that a database keeps, as a driver reads them
 * into an arena. SQL that calls one takes its name from here.
 */
#ifndef WEIR_DB_ROUTINE_H
#define WEIR_DB_ROUTINE_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/db/catalog.h"

/* Of one kind, and parameters of one; more are refused. */
#define ROUTINES_MAX        10000
#define ROUTINE_PARAMS_MAX  1000
#define ROUTINES_PARAMS_MAX 100000 /* of all that are asked for at once */

enum routine_kind { ROUTINE_PROCEDURE, ROUTINE_FUNCTION };

enum routine_mode { ROUTINE_IN, ROUTINE_OUT, ROUTINE_INOUT };

struct routine_param {
	struct column column; /* its name, type and bounds, and no more */
	enum routine_mode mode;
};

struct routine {
	struct str name;
	struct str comment;   /* "": none */
	struct column result; /* of a function; without a name */
	struct routine_param *params;
	size_t n_params;
};

struct routines {
	struct routine *list; /* sorted by name */
	size_t n;
};

/* Which are asked for. */
struct routine_order {
	enum routine_kind kind;
	struct str name; /* in any case; STR_NULL: all of them */
	struct arena *arena;
	int64_t deadline_ms;
};

#endif
