/* The tokens of JSON text, each checked strictly, and where a fault stands. */
#ifndef WEIR_BASE_JSONTOKEN_H
#define WEIR_BASE_JSONTOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

/* The text and the index reached in it; every fault goes to err. */
struct json_at {
	struct str text;
	size_t i;
	struct error *err;
};

/* The byte at an index, or -1 behind the end. */
static inline int
json_byte(const struct json_at *at, size_t i)
{
	return i < at->text.n ? (unsigned char)at->text.p[i] : -1;
}

/*
 * ST_INVALID with "line L column C: ..." of an index; what stands before it
 * must be UTF-8.
 */
enum status json_fault(const struct json_at *at, size_t i, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, saying "expected WANTED, found ...". */
enum status json_unexpected(
    const struct json_at *at, size_t i, const char *wanted);

/*
 * Each passes one token, which begins at at->i, or leaves a fault. *raw is
 * what a string's quotes enclose; a member name must not hold \u0000.
 */
enum status json_pass_string(struct json_at *at, bool is_name, struct str *raw);
enum status json_pass_number(struct json_at *at);

#endif
