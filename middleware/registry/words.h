/* The words that records are written in: names, verbs, periods, types. */
#ifndef WEIR_WORDS_H
#define WEIR_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/snapshot.h"

#define SERVICE_NAME_MAX 40
#define RECORD_NAME_MAX  64
#define COMPONENT_MAX    255 /* bytes */
#define DESCRIPTION_MAX  255

/* A letter, a digit, "_" or "-". */
bool is_name_char(char c);

/*
 * A service's name is part of every URL: letters, digits, "_" and "-", not a
 * name that weir itself answers to. ST_INVALID says what is wrong.
 */
enum status service_name_check(struct str name, struct error *err);

/* A name of an app, role or limit (`what`): 1 to 64 bytes, none of control. */
enum status record_name_check(
    struct str name, const char *what, struct error *err);

/* A description of any record: at most DESCRIPTION_MAX bytes, none of control
 * but tabs and ends of lines. Commands print it. */
enum status description_check(struct str text, struct error *err);

/* A component as access rows have it: without slashes at its ends. */
struct str component_trim(struct str component);

/* ST_INVALID for one that could never match on that service ("*": on all). */
enum status component_check(
    struct str service, struct str component, struct error *err);

/* "GET,POST" in any case, "all" or "none", to a mask of enum method. */
enum status verbs_parse(struct str text, unsigned *mask, struct error *err);
void verbs_put(struct buf *b, unsigned mask);

/* "api", "script", or both with a comma or as "all", to a mask. */
enum status requestors_parse(
    struct str text, unsigned *mask, struct error *err);
void requestors_put(struct buf *b, unsigned mask);

/* minute, hour, day, 7-day, 30-day or "10s", to seconds. */
enum status period_parse(struct str text, uint32_t *seconds, struct error *err);

/* The same of what DreamFactory's clients and databases hold: they number the
 * names from 0. A person who types a number means something else. */
enum status period_parse_sent(
    struct str text, uint32_t *seconds, struct error *err);
void period_put(struct buf *b, uint32_t seconds);

#endif
