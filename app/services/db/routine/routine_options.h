/* What a call of a routine says beside its parameters: the members of a body
 * that is an object and, behind them, the parameters of the URL. */
#ifndef WEIR_SERVICES_DB_ROUTINE_OPTIONS_H
#define WEIR_SERVICES_DB_ROUTINE_OPTIONS_H

#include <stdbool.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct request;

/* Views of the request, or in its arena; STR_NULL and JSON_NONE: not said. */
struct routine_options {
	struct json params; /* of the body */
	struct json schema; /* types of columns: an object */
	struct str wrapper; /* around the result */
	struct str returns; /* type of the one value that is wanted */
	bool bare;          /* wrap=false */
};

/* ST_INVALID: the body is no object, or one of them is not what it must be. */
enum status routine_options_read(struct request *req, struct json body,
    struct routine_options *out, struct error *err);

#endif
