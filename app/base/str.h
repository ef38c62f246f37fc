/*
 * A borrowed view of bytes: never owned, not NUL-terminated. The header that
 * hands one out says how long the bytes live. {NULL, 0} is the absent string,
 * which differs from an empty one only through str_is_null().
 */
#ifndef WEIR_BASE_STR_H
#define WEIR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

/* A view of a string literal. */
#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NULL     ((struct str){ NULL, 0 })

/* The arguments for printf's "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p == NULL ? "" : (s).p

static inline struct str
str_of(const char *c)
{
	return (struct str){ c, c == NULL ? 0 : strlen(c) };
}

static inline struct str
str_make(const char *p, size_t n)
{
	return (struct str){ p, n };
}

static inline bool
str_is_null(struct str s)
{
	return s.p == NULL;
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ASCII letters compare alike in either case. */
bool str_eq_nocase(struct str a, struct str b);

/* Order by bytes, shorter first: <0, 0, >0 as memcmp. */
int str_cmp(struct str a, struct str b);

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Index of the first c, or s.n when there is none. */
size_t str_find(struct str s, char c);

/* s without its first n bytes (all of them when it is shorter). */
static inline struct str
str_skip(struct str s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return s.p == NULL ? s : str_make(s.p + n, s.n - n);
}

/* Does it hold a control character: below a space, or DEL? */
bool str_has_control(struct str s);

/* Without blanks (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);

/*
 * Cuts the part before the first sep off *rest and returns it; *rest becomes
 * what follows, or STR_NULL after the last part. Loop while rest->p != NULL.
 */
struct str str_cut(struct str *rest, char sep);

/* Decimal digits with an optional sign, nothing else; false if out of range. */
bool str_to_i64(struct str s, int64_t *out);
bool str_to_u64(struct str s, uint64_t *out);

/* contract.md and dreamfactory.md 1.3: 1 true on yes y t, in any case. */
bool str_to_bool(struct str s);

/* The words for the contrary: 0 false off no n f. */
bool str_is_no(struct str s);

#endif
