/*
 * What this process has lately read of sessions, so that a request need not
 * wait for the store to say who calls before it can plan the rest. What is
 * remembered counts only while the store has the version it was read under.
 */
#ifndef WEIR_SESSION_MEMORY_H
#define WEIR_SESSION_MEMORY_H

#include <stdbool.h>

#include "app/base/str.h"

struct arena;
struct session_memory;

/* Larger ones are not remembered. */
#define SESSION_MEMORY_BYTES_MAX 4096

struct session_memory *session_memory_new(void);
void session_memory_free(struct session_memory *m);

/* Any thread: the bytes last put for that token, copied into the arena. */
bool session_memory_get(struct session_memory *m, struct arena *arena,
    struct str token_id, struct str *bytes);

/* Any thread: in place of what was there, or of what was asked for least. */
void session_memory_put(
    struct session_memory *m, struct str token_id, struct str bytes);

#endif
