/* What stands beside a list of records: {"meta":{"count","next","schema"}}. */
#ifndef WEIR_SERVICES_DB_META_H
#define WEIR_SERVICES_DB_META_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct query;
struct request;

/*
 * Appends ,"meta":{...} for what the query asks for. count: of all records,
 * with where the next page begins; NULL: it is not told. False, and nothing:
 * there is no meta.
 */
bool meta_put(struct buf *out, struct request *req, const struct query *q,
    const int64_t *count);

#endif
