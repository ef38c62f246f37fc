/* The header of one part of a multipart body, and parameters of its fields. */
#ifndef WEIR_MULTIPART_HEAD_H
#define WEIR_MULTIPART_HEAD_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct multipart_part;

/*
 * Reads the lines of a header, without the empty one behind them. ST_INVALID:
 * err says what is wrong.
 */
enum status multipart_head_read(struct arena *arena, struct str lines,
    struct multipart_part *part, struct error *err);

/*
 * Cuts the next parameter off `*rest`, which begins behind a semicolon:
 * name=value, the value a token or a quoted string, into the arena. False:
 * there is none, or it is none; *rest is STR_NULL then.
 */
bool multipart_parameter(
    struct arena *arena, struct str *rest, struct str *name, struct str *value);

/* What may be used of a file name that was sent; see multipart.h. */
struct str multipart_filename(struct arena *arena, struct str sent);

#endif
