/* What a condition of a filter compares its column with. */
#ifndef WEIR_SERVICES_DB_FILTER_COMPARE_H
#define WEIR_SERVICES_DB_FILTER_COMPARE_H

#include "app/services/db/filter/filter_text.h"
#include "app/services/db/filter/filter_tree.h"
#include "app/services/db/filter/filter_value.h"

/*
 * Each takes a value, whose parameter has been resolved, for a condition with
 * a column and an op. Faults are worded as the client's (filter.h).
 */

/* One value. Only for equality is null something to compare with. */
enum status filter_compare_single(const struct filter_text *t,
    const struct filter_raw *raw, struct filter_condition *c);

/* A text to look for. */
enum status filter_compare_pattern(const struct filter_text *t,
    enum filter_match match, const struct filter_raw *raw,
    struct filter_condition *c);

/* One more of a list, whose c->values has room for it. */
enum status filter_compare_element(const struct filter_text *t,
    const struct filter_raw *raw, struct filter_condition *c);

/* Behind the last of them: a list of nothing but null is no list. */
void filter_compare_list_end(struct filter_condition *c);

#endif
