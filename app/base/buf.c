#include "app/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/base/arena.h"

#define SMALLEST 256u

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

static size_t
count_digits(uint64_t v)
{
	for (size_t n = 1;; n += 4, v /= 10000) {
		if (v < 10)
			return n;
		if (v < 100)
			return n + 1;
		if (v < 1000)
			return n + 2;
		if (v < 10000)
			return n + 3;
	}
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
	static const char pairs[] = "00010203040506070809"
				    "10111213141516171819"
				    "20212223242526272829"
				    "30313233343536373839"
				    "40414243444546474849"
				    "50515253545556575859"
				    "60616263646566676869"
				    "70717273747576777879"
				    "80818283848586878889"
				    "90919293949596979899";
	size_t n = count_digits(v);
	char *at = buf_reserve(b, n) + n;

	for (; v >= 10; v /= 100) {
		at -= 2;
		memcpy(at, &pairs[v % 100 * 2], 2);
	}
	if (n % 2 == 1)
		at[-1] = (char)('0' + v);
	b->n += n;
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
