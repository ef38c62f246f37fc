/* Dates, times and floats as the server itself writes them. */
#ifndef WEIR_DB_MYSQL_TIME_H
#define WEIR_DB_MYSQL_TIME_H

#include "app/base/str.h"
#include "drivers/db/mysql_lib.h"

/* Room for any number in every part. */
#define MYSQL_TIME_BYTES 80

/*
 * Writes a value of a DATE, TIME, DATETIME or TIMESTAMP whose fraction has so
 * many digits; a zero date is "0000-00-00". The text is in out.
 */
struct str mysql_time_text(const MYSQL_TIME *t, enum enum_field_types type,
    unsigned decimals, char out[MYSQL_TIME_BYTES]);

/* The double that the shortest text of a float means: 0.1 stays 0.1. */
double mysql_float_widen(float f);

#endif
