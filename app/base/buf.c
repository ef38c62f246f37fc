#include "app/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/base/arena.h"

#define SMALLEST   256u
#define U64_DIGITS 20u

void
buf_free(struct buf *b)
{
	if (b->arena == NULL)
		free(b->p);
	*b = (struct buf){ .arena = b->arena };
}

void
buf_grow(struct buf *b, size_t n)
{
	size_t need = b->n + n;
	size_t cap = b->cap < SMALLEST ? SMALLEST : b->cap * 2;
	char *p;

	while (cap < need)
		cap *= 2;
	if (b->arena == NULL) {
		p = realloc(b->p, cap);
		if (p == NULL)
			abort();
	} else {
		p = arena_alloc(b->arena, cap);
		if (b->n > 0)
			memcpy(p, b->p, b->n);
	}
	b->p = p;
	b->cap = cap;
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
	char digits[U64_DIGITS];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	buf_put(b, str_make(digits + at, sizeof(digits) - at));
}

void
buf_put_i64(struct buf *b, int64_t v)
{
	uint64_t magnitude = (uint64_t)v;

	if (v < 0) {
		buf_put_char(b, '-');
		magnitude = ~magnitude + 1;
	}
	buf_put_u64(b, magnitude);
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		abort();
	(void)vsnprintf(
	    buf_reserve(b, (size_t)n + 1), (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}
