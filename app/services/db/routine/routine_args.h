/* The values that a routine is called with, beside its parameters. */
#ifndef WEIR_SERVICES_DB_ROUTINE_ARGS_H
#define WEIR_SERVICES_DB_ROUTINE_ARGS_H

#include "app/services/db/routine/routine_given.h"

/*
 * One for each parameter of c->routine, in its order, of the parameter's own
 * type; those of OUT are NULL, whatever is given for them. Values without
 * names are those of IN and INOUT, or of all parameters. ST_INVALID names the
 * parameter that is missing, unknown, given twice or badly typed. In the
 * request's arena.
 */
enum status routine_args(const struct routine_call *c,
    const struct routine_given *given, struct db_value **out,
    struct error *err);

#endif
