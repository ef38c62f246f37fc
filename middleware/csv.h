/*
 * A body of records, which may be CSV: then its first line names the columns,
 * and it means {"resource":[{...},...]} with a string for each field. A field
 * without anything is null, one of two quotes the empty text. What the strings
 * mean is said by the columns they are for.
 */
#ifndef WEIR_CSV_H
#define WEIR_CSV_H

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct arena;
struct request;

#define CSV_COLUMNS_MAX 4096u

/*
 * The JSON text that CSV means, in the arena; every column has a name, and one
 * of its own. ST_INVALID with "line L column C: ...", ST_TOO_BIG when it would
 * have more than max bytes: names are repeated in each record.
 */
enum status csv_to_json(struct arena *arena, struct str csv, size_t max,
    struct str *out, struct error *err);

/*
 * As json_body(), for a body that is CSV as well: text/csv, in UTF-8. Refused
 * beside what json_body() refuses: 400 with line and column, 413 when the
 * records as JSON are larger than MAX_BODY, 415 another charset.
 */
enum status csv_or_json_body(struct request *req, struct json *out);

#endif
