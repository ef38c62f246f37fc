/*
 * If-Match and If-None-Match of a call that writes one record by its
 * identifier (RFC 9110 sections 13.1.1 and 13.1.2): they speak of what the same
 * URL's GET would answer the same caller.
 */
#ifndef WEIR_SERVICES_DB_PRECONDITION_H
#define WEIR_SERVICES_DB_PRECONDITION_H

#include <stdbool.h>

#include "app/base/status.h"

struct bulk;
struct error;
struct request;

/* Has the call one? Then it takes a transaction. */
bool precondition_any(const struct bulk *b);

/*
 * In the transaction: nobody else writes the record from here to its end. Sets
 * b->unmet. Anything but ST_OK is a failure of the database.
 */
enum status precondition_check(struct bulk *b, struct error *err);

/* 412. */
void precondition_refuse(struct request *req);

#endif
