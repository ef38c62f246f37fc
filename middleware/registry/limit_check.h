/* What a limit's record must be, before limit_records.h stores it. */
#ifndef WEIR_LIMIT_CHECK_H
#define WEIR_LIMIT_CHECK_H

#include "app/base/status.h"

struct buf;
struct limit_record;

#define LIMIT_ENDPOINT_MAX 255 /* bytes */
/* Of gcra, in a second: it counts by whole microseconds between two, and what
 * is lost to that must stay small. */
#define LIMIT_PACE_MAX 10000

/* Drops what a limit of its type, or its algorithm, is not about. */
void limit_record_trim(struct limit_record *r);

/* ST_INVALID names the member that is wrong (dreamfactory.md 4.5). The names of
 * what it is about count, not yet the ids. */
enum status limit_record_check(const struct limit_record *r, struct error *err);

/* The name of its counter in DreamFactory's manner, which no two limits share:
 * its type, what it is about, its verb and its period. The ids count. */
void limit_key_text_put(struct buf *b, const struct limit_record *r);

#endif
