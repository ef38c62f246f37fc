/*
 * JSON text that comes in pieces, cut anywhere: gives its parts, each as soon
 * as it is whole. Parts are the elements of the outermost array, or of the
 * array that the outermost object has as its member "resource"; the other
 * members of that object; or the text as a whole, when it is neither. What is
 * held of a part that is not whole yet lives on the heap.
 *
 * The text need not be checked before, and is not checked here: of what is no
 * JSON some parts come out, each of which may be anything.
 */
#ifndef WEIR_BASE_JSONSPLIT_H
#define WEIR_BASE_JSONSPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/str.h"

enum json_part_kind {
	JSON_PART_MEMBER, /* name and value */
	JSON_PART_LIST,   /* name and "[": its elements follow */
	JSON_PART_ELEMENT,
	JSON_PART_WHOLE
};

/* Views of the piece that was put last, or of what is held; until the next. */
struct json_part {
	enum json_part_kind kind;
	struct str name; /* with its quotes; STR_NULL: none */
	struct str value;
};

/* How far a value was looked at. */
struct json_scan {
	size_t n;     /* bytes */
	size_t depth; /* objects and arrays that are open there */
	bool in_string;
	bool is_escaped;
};

struct json_split {
	int where;      /* enum place, in jsonsplit.c */
	bool in_object; /* around the list */
	bool has_list;
	bool ended;      /* no piece follows */
	struct buf held; /* of earlier pieces, what was not given yet */
	struct str text; /* held, or the last piece */
	size_t at;       /* bytes of text that are done with */
	/* of the part that begins there */
	size_t name_n;   /* bytes of a member's name; 0: not known */
	size_t value_at; /* where its value begins */
	struct json_scan scan;
};

void json_split_open(struct json_split *s);
void json_split_close(struct json_split *s);

/* The piece is borrowed until json_split_next() has returned false. */
void json_split_put(struct json_split *s, struct str piece);

/* No piece follows. */
void json_split_end(struct json_split *s);

/* Was there a list among its parts, with elements or without? */
bool json_split_has_list(const struct json_split *s);

/* The next part; false: put another piece, or that was all. */
bool json_split_next(struct json_split *s, struct json_part *out);

#endif
