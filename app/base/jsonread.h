/*
 * Reads JSON in place. The text is checked once, as a whole; after that a
 * struct json is a view of one value in it. No tree is built: nothing need be
 * freed, numbers keep the text that was sent (1.10, 12345678901234567890),
 * members their order, strings their NUL bytes. A view lives as long as the
 * text. Walking over a value's members reads the value once.
 */
#ifndef WEIR_BASE_JSONREAD_H
#define WEIR_BASE_JSONREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

#define JSON_DEPTH_MAX 32

enum json_kind {
	JSON_NONE, /* no value: absent */
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json {
	struct str text; /* exactly the value; STR_NULL: JSON_NONE */
};

/* json_check() with JSON_DEPTH_MAX, then *out is the text's value. */
enum status json_parse(
    struct arena *a, struct str text, struct json *out, struct error *err);

enum json_kind json_kind(struct json v);

/* What a string means, without quotes and escapes: a view of the text, or in
 * the arena when it holds an escape. STR_NULL when v is no string. */
struct str json_to_str(struct arena *a, struct json v);

/* Each is false, and *out is unchanged, when v is nothing of the sort. */
bool json_to_bool(struct json v, bool *out);

/* Integers, written without fraction and exponent, that fit. */
bool json_to_i64(struct json v, int64_t *out);
bool json_to_u64(struct json v, uint64_t *out);

/* The nearest double to any number that has one (1e400 has none). */
bool json_to_double(struct arena *a, struct json v, double *out);

/* An object's members or an array's elements, in their order. */
struct json_walk {
	struct arena *arena;
	const char *at;
	const char *end;
	bool named;
};

struct json_member {
	struct str name; /* as json_to_str(); STR_NULL in an array */
	struct json value;
};

/* Over nothing when v is neither object nor array. */
struct json_walk json_walk(struct arena *a, struct json v);
bool json_next(struct json_walk *walk, struct json_member *out);

/* The member of that name; JSON_NONE when v has none or is no object. */
struct json json_get(struct arena *a, struct json v, struct str name);

/* Members of an object, elements of an array, 0 for the rest. */
size_t json_count(struct json v);

#endif
