/* Dates of HTTP (RFC 9110 section 5.6.7). */
#ifndef WEIR_HTTP_DATE_H
#define WEIR_HTTP_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"

#define HTTP_DATE_BYTES 29

/* Writes Unix seconds of the years 1970 to 9999 as IMF-fixdate, "Sun, 06 Nov
 * 1994 08:49:37 GMT"; others as the nearest of these. A view of `text`. */
struct str http_date_write(int64_t unix_s, char text[HTTP_DATE_BYTES]);

/*
 * Reads any of the three forms: IMF-fixdate, that of RFC 850, that of
 * asctime(). now_s: by which a year of two digits is understood; it is never
 * more than 50 years ahead. False: it is no date, or one before 1970; the name
 * of the day is not compared with the date.
 */
bool http_date_read(struct str text, int64_t now_s, int64_t *unix_s);

#endif
