/*
 * Members of a record that a client sends. One that is absent leaves what it
 * is about as it is. ST_INVALID names the member, never its value.
 */
#ifndef WEIR_SERVICES_SYSTEM_INPUT_H
#define WEIR_SERVICES_SYSTEM_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

struct input {
	struct arena *arena;
	struct json record;
};

/* The member; JSON_NONE: it is absent. */
struct json input_get(const struct input *in, const char *name);

/* A string; null is "". */
enum status input_text(const struct input *in, const char *name,
    struct str *out, struct error *err);

/* A number, or a string of one; null is 0. */
enum status input_number(
    const struct input *in, const char *name, int64_t *out, struct error *err);

/* true, false, or what stands for them: 1, "yes", "off"; null is false. */
enum status input_switch(
    const struct input *in, const char *name, bool *out, struct error *err);

/* An object or array; null and [] are JSON_NONE. */
enum status input_list(const struct input *in, const char *name,
    struct json *out, struct error *err);

#endif
