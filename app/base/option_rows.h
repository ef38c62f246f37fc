/* The parts of option.h's table, a file each, in the order of the manual. Each
 * name without _n is an array of so many rows. */
#ifndef WEIR_BASE_OPTION_ROWS_H
#define WEIR_BASE_OPTION_ROWS_H

#include <stddef.h>

#include "app/base/option.h"

/* The place of a member that an option sets. */
#define MEMBER(name) offsetof(struct settings, name)

extern const struct option options_people[];
extern const size_t options_people_n;
extern const struct option options_store[];
extern const size_t options_store_n;
extern const struct option options_server[];
extern const size_t options_server_n;

#endif
