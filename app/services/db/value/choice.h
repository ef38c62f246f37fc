/* The choices of an ENUM or SET (catalog.h). */
#ifndef WEIR_SERVICES_DB_CHOICE_H
#define WEIR_SERVICES_DB_CHOICE_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct column;

/*
 * Could the text be a choice, or for a SET several with commas between them?
 * The database compares by its collation: what only that can tell passes.
 * Never does a number, which would be taken for the place of a choice.
 */
bool choice_is_possible(const struct column *column, struct str text);

/* ST_INVALID with the choices, if they are few. */
enum status choice_refuse(const struct column *column, struct error *err);

#endif
