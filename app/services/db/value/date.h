/* Is this text a date or a time, as databases write them (ISO 8601)? */
#ifndef WEIR_SERVICES_DB_DATE_H
#define WEIR_SERVICES_DB_DATE_H

#include <stdbool.h>

#include "app/base/str.h"

/* 2024-02-29: a day that the calendar has; or 0000-00-00, which MySQL keeps for
 * none. */
bool date_is_date(struct str s);

/* 2024-00-00, 2024-02-00: a date whose month, or day, MySQL was not told. */
bool date_is_partial(struct str s);

/* 23:59, 23:59:59, 23:59:59.123; and as MySQL has them, -838:59:59: a time
 * that passed need not be one of the day. */
bool date_is_time(struct str s);

/* What a TIME of MySQL holds, of those that date_is_time() takes: up to
 * 838:59:59 and its fraction. */
bool date_is_in_time_range(struct str s);

/* A date, or date and time with a blank or "T" between, and perhaps a zone:
 * "Z", "+01:00". */
bool date_is_datetime(struct str s);

/* The same with a date that is partial. */
bool date_is_partial_datetime(struct str s);

#endif
