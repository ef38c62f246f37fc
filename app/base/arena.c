#include "app/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Under ASan a chunk holds one piece, so that an overrun is seen. */
#ifdef WEIR_ASAN
#define ONE_PIECE_A_CHUNK 1
#else
#define ONE_PIECE_A_CHUNK 0
#endif

#define ALIGN    16u
#define NOT_ZERO 1u

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	_Alignas(ALIGN) char bytes[];
};

static void
chunk_add(struct arena *a, size_t size)
{
	struct arena_chunk *c = malloc(sizeof(*c) + size);

	if (c == NULL)
		abort();
	c->older = a->current;
	c->size = size;
	a->current = c;
	a->at = c->bytes;
	a->end = c->bytes + size;
}

void
arena_init(struct arena *a, size_t first_size)
{
	*a = (struct arena){ .first_size = first_size };
}

static void
chunks_free(struct arena *a, const struct arena_chunk *keep)
{
	while (a->current != keep) {
		struct arena_chunk *c = a->current;

		a->current = c->older;
		free(c);
	}
}

void
arena_close(struct arena *a)
{
	chunks_free(a, NULL);
	a->at = a->end = NULL;
}

void
arena_reset(struct arena *a)
{
	struct arena_chunk *first = a->current;

	if (first == NULL || ONE_PIECE_A_CHUNK) {
		arena_close(a);
		return;
	}
	while (first->older != NULL)
		first = first->older;
	chunks_free(a, first);
	a->at = first->bytes;
	a->end = first->bytes + first->size;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	char *p;

	if (n > SIZE_MAX - ALIGN)
		abort();
	if (ONE_PIECE_A_CHUNK) {
		chunk_add(a, n + NOT_ZERO);
		return a->current->bytes;
	}
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (n > (size_t)(a->end - a->at))
		chunk_add(a, n > a->first_size ? n : a->first_size);
	p = a->at;
	a->at += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

struct str
arena_dup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return str_make(p, s.n);
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	int n;
	char *p;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return str_make(p, (size_t)n);
}
