/*
 * multipart/form-data (RFC 7578, 2046) as it arrives: part by part, each read
 * piece by piece, in memory of a fixed size.
 *
 *	st = multipart_open(...);
 *	while (st == ST_OK && (st = multipart_next(m, &part, &err)) == ST_OK)
 *		while ((st = multipart_read(m, to, room, &got, &err)) == ST_OK
 *		    && got > 0)
 *			...
 *
 * ST_MISSING from multipart_next() is the end of all parts. ST_INVALID and
 * ST_TOO_BIG: the body is not as it must be, which err tells the client; any
 * other status is the reader's. All are for good.
 */
#ifndef WEIR_MULTIPART_H
#define WEIR_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

#define MULTIPART_HEAD_MAX     8192u /* bytes of the header of a part */
#define MULTIPART_PARTS_MAX    256u
#define MULTIPART_BOUNDARY_MAX 70u
#define MULTIPART_NAME_MAX     255u /* bytes of a file name */

struct arena;

/* Gives 1 to `room` more bytes of the body, or *got 0 at its end. */
typedef enum status multipart_read_f(
    void *from, void *to, size_t room, size_t *got);

/* One part; the texts live in the arena. */
struct multipart_part {
	struct str name; /* of its field, as sent; "": it has none */
	/*
	 * Of a file: the name without folders and without control characters,
	 * in UTF-8, 1 to MULTIPART_NAME_MAX bytes, neither "." nor ".."; "":
	 * what was sent leaves no such name. STR_NULL: it is no file.
	 * `filename*` goes before `filename`.
	 */
	struct str filename;
	struct str type; /* Content-Type as sent; STR_NULL: not said */
};

enum multipart_state { MULTIPART_PREAMBLE, MULTIPART_CONTENT, MULTIPART_END };

struct multipart {
	struct arena *arena;
	multipart_read_f *read;
	void *from;
	enum multipart_state state;
	char *window; /* bytes that have arrived: [at, n) are not used yet */
	size_t at, n;
	size_t content; /* of these, so many are content of the part */
	bool delimited; /* and the delimiter follows them */
	bool dry;       /* nothing more will arrive */
	size_t n_parts;
	size_t delimiter_bytes;
	char delimiter[4 + MULTIPART_BOUNDARY_MAX]; /* CRLF, "--", boundary */
};

/* Is it the type of such a body? */
bool multipart_is(struct str content_type);

/* Begins to read. content_type names the boundary; ST_INVALID: it does not, or
 * one that is too long or has other characters than it may. */
enum status multipart_open(struct multipart *m, struct arena *arena,
    struct str content_type, multipart_read_f *read, void *from,
    struct error *err);

/* Goes on to the next part, over what is left of this one. */
enum status multipart_next(
    struct multipart *m, struct multipart_part *part, struct error *err);

/* Gives 1 to `room` more bytes of the part, or *got 0 at its end. */
enum status multipart_read(
    struct multipart *m, void *to, size_t room, size_t *got, struct error *err);

#endif
