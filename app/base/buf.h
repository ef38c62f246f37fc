/*
 * Bytes that grow: text is appended, and read as a view at the end. The bytes
 * live in an arena (and end with it) or, when arena is NULL, on the heap until
 * buf_free(). The text is not NUL-terminated.
 */
#ifndef WEIR_BASE_BUF_H
#define WEIR_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct arena;

struct buf {
	char *p;
	size_t n;
	size_t cap;
	struct arena *arena;
};

static inline struct buf
buf_in(struct arena *arena)
{
	return (struct buf){ .arena = arena };
}

static inline struct str
buf_str(const struct buf *b)
{
	return str_make(b->p == NULL ? "" : b->p, b->n);
}

/* Heap only: gives the bytes back and leaves an empty buf. */
void buf_free(struct buf *b);

/* Makes room for n more bytes where there is none. */
void buf_grow(struct buf *b, size_t n);

/* Room for n more bytes; returns where they start, b->n is unchanged. */
static inline char *
buf_reserve(struct buf *b, size_t n)
{
	if (n > b->cap - b->n)
		buf_grow(b, n);
	return b->p + b->n;
}

static inline void
buf_put(struct buf *b, struct str s)
{
	if (s.n == 0)
		return;
	memcpy(buf_reserve(b, s.n), s.p, s.n);
	b->n += s.n;
}

static inline void
buf_put_char(struct buf *b, char c)
{
	*buf_reserve(b, 1) = c;
	b->n++;
}

void buf_put_i64(struct buf *b, int64_t v);
void buf_put_u64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Appends a literal. */
#define buf_put_lit(b, literal) buf_put((b), STR(literal))

#endif
