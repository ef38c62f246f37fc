/*
 * Memory of one request or one batch of work: pieces are handed out from
 * chunks and all end together at arena_reset(). The first chunk is kept, so a
 * thread that has warmed up allocates nothing. Input is bounded before it is
 * copied here, so running out of memory aborts the process. In a build with
 * --enable-asan every piece is a malloc of its own.
 */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include <stddef.h>

#include "app/base/str.h"

struct arena_chunk;

struct arena {
	char *at;                    /* next free byte */
	char *end;                   /* end of the current chunk */
	struct arena_chunk *current; /* newest chunk, linked to the older */
	size_t first_size;           /* size of the chunk that is kept */
};

/* first_size: bytes of the chunk that survives arena_reset(). */
void arena_init(struct arena *a, size_t first_size);

/* Gives back everything, the first chunk too. */
void arena_close(struct arena *a);

/* Ends all pieces; what was handed out must not be used any more. */
void arena_reset(struct arena *a);

/* n bytes, aligned for any type, not cleared. Never NULL. */
void *arena_alloc(struct arena *a, size_t n);

/* n bytes, aligned, set to zero. */
void *arena_zalloc(struct arena *a, size_t n);

/* A copy of s with a NUL behind it (not counted in n). */
struct str arena_dup(struct arena *a, struct str s);

/* Formats into the arena; NUL-terminated. */
struct str arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
