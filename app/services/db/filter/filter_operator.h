/* The operators of a filter (filter.h), under all of their names. */
#ifndef WEIR_SERVICES_DB_FILTER_OPERATOR_H
#define WEIR_SERVICES_DB_FILTER_OPERATOR_H

#include "app/services/db/filter/filter_text.h"
#include "app/services/db/filter/filter_tree.h"
#include "app/services/db/filter/filter_value.h"

enum filter_takes { TAKES_VALUE, TAKES_LIST, TAKES_PATTERN, TAKES_NOTHING };

/* One way to write an operator. */
struct filter_operator {
	struct str word; /* or sign */
	struct str second;
	enum filter_op op;
	enum filter_takes takes;
	enum filter_match match; /* TAKES_PATTERN */
};

/* Passes [not] operator. *negated: the contrary of *out is meant. */
enum status filter_operator_read(
    struct filter_text *t, const struct filter_operator **out, bool *negated);

#endif
