/* Members that records of a resource may have when they are sent: a misspelt
 * one is not dropped, but refused by the name that it is nearest to. */
#ifndef WEIR_SERVICES_SYSTEM_KNOWN_H
#define WEIR_SERVICES_SYSTEM_KNOWN_H

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct system_write;

/*
 * Has the record of the table only members that there are: what a read shows of
 * it, which is taken even where it cannot be changed, what is only sent, and
 * what DreamFactory's clients send and weir has no use for? ST_INVALID names
 * the one that is none.
 */
enum status known_check(const struct system_write *w, const char *table,
    struct json record, struct error *err);

#endif
