/*
 * The parameters that a call of a routine gives, wherever they stand:
 *
 *   params of the body   [{"name":"a","value":1},...], {"a":1,...}, [1,...],
 *                        or "1,'x'"
 *   behind the name      _proc/NAME(1,'x')
 *   the URL              params=1,'x' or the same JSON as in the body,
 *                        params[a]=1, or a=1
 *
 * in one of these places. A list of texts has commas between them; what holds
 * a comma or blanks at its ends stands in quotes, with a quote inside doubled;
 * null without quotes is NULL.
 */
#ifndef WEIR_SERVICES_DB_ROUTINE_GIVEN_H
#define WEIR_SERVICES_DB_ROUTINE_GIVEN_H

#include <stddef.h>

#include "app/base/jsonread.h"
#include "app/services/db/routine/routine.h"
#include "app/services/db/routine/routine_options.h"

struct routine_value {
	struct str name;   /* STR_NULL: known by its place */
	struct json value; /* a text is a string */
};

struct routine_given {
	struct routine_value *list;
	size_t n;
};

/*
 * All views of the request, or in its arena; c->routine is known, since a
 * parameter of the URL counts when the routine has one of that name and it is
 * none of those that the API knows. ST_INVALID: they are malformed, stand in
 * two places, or are more than ROUTINE_PARAMS_MAX.
 */
enum status routine_given_read(const struct routine_call *c,
    const struct routine_options *options, struct routine_given *out,
    struct error *err);

#endif
