/* Lookups as clients send them, of one scope each. */
#ifndef WEIR_SERVICES_SYSTEM_LOOKUP_INPUT_H
#define WEIR_SERVICES_SYSTEM_LOOKUP_INPUT_H

#include "app/services/system/input.h"
#include "middleware/registry/lookup_records.h"

struct system_write;

/* id may be NULL. */
enum status lookup_input_add(struct system_write *w, const struct input *in,
    const struct lookup_scope *scope, int64_t *id, struct error *err);

/* ST_MISSING without a sentence: the scope has none of that id. */
enum status lookup_input_set(struct system_write *w, int64_t id,
    const struct input *in, const struct lookup_scope *scope,
    struct error *err);
enum status lookup_input_remove(struct system_write *w, int64_t id,
    const struct lookup_scope *scope, struct error *err);

#endif
