/*
 * Lookups in the values of row filters (lookup_text.h). What one stands for is
 * never read as more than a text: not as null, as a quote's end or a wildcard,
 * nor as several elements of a list, since some of it is what users may write
 * themselves. Only a list that is nothing but one lookup, of those that
 * administrators keep, may have several.
 */
#ifndef WEIR_SERVICES_DB_ROLE_LOOKUP_H
#define WEIR_SERVICES_DB_ROLE_LOOKUP_H

#include "app/services/db/filter/filter_text.h"

struct lookup_source;

/*
 * Puts values in the place of lookups in raw->text. `pattern`: it has
 * wildcards, as the values have not. ST_MISSING, which opens no row, names the
 * lookup that has no value, or an empty one.
 */
enum status role_lookup_value(const struct filter_text *t,
    const struct lookup_source *source, bool pattern, struct filter_raw *raw);

/* The same for the text of a list that is one lookup; another stays as it is.
 */
enum status role_lookup_list(
    struct filter_text *t, const struct lookup_source *source);

#endif
