/*
 * A multipart body means the same however it is cut, and no name of a file that
 * comes out leads anywhere. Input: a byte that says how it is cut, the body;
 * the boundary is "b".
 */
#include <string.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/utf8.h"
#include "middleware/multipart.h"
#include "tests/fuzz/fuzz.h"

struct pieces {
	struct str left;
	size_t step;
};

static enum status
give(void *from, void *to, size_t room, size_t *got)
{
	struct pieces *p = from;
	size_t n = p->step < p->left.n ? p->step : p->left.n;

	HOLDS(room > 0);
	if (n > room)
		n = room;
	if (n > 0)
		memcpy(to, p->left.p, n);
	p->left = str_skip(p->left, n);
	*got = n;
	return ST_OK;
}

static void
check_name(struct str name)
{
	HOLDS(name.n <= MULTIPART_NAME_MAX);
	HOLDS(!str_eq(name, STR(".")) && !str_eq(name, STR("..")));
	while (name.n > 0) {
		size_t n = utf8_first(name);
		unsigned char c = (unsigned char)name.p[0];

		HOLDS(n > 0 && c >= 0x20 && c != 0x7F);
		HOLDS(c != '/' && c != '\\');
		name = str_skip(name, n);
	}
}

static enum status
put_part(
    struct multipart *m, const struct multipart_part *part, struct buf *out)
{
	char piece[13];
	size_t got;
	enum status st;

	buf_put(out, part->name);
	buf_put_char(out, str_is_null(part->filename) ? '-' : '+');
	buf_put(out, part->filename);
	buf_put(out, part->type);
	check_name(part->filename);
	while ((st = multipart_read(m, piece, sizeof(piece), &got, NULL)) ==
		   ST_OK &&
	       got > 0)
		buf_put(out, str_make(piece, got));
	return st;
}

static enum status
parse(struct arena *a, struct str body, size_t step, struct buf *out)
{
	struct pieces pieces = { body, step };
	struct multipart m;
	struct multipart_part part;
	enum status st = multipart_open(
	    &m, a, STR("multipart/form-data; boundary=b"), give, &pieces, NULL);
	size_t n = 0;

	HOLDS(st == ST_OK);
	while (st == ST_OK) {
		st = multipart_next(&m, &part, NULL);
		if (st == ST_OK)
			st = put_part(&m, &part, out);
		HOLDS(n++ <= MULTIPART_PARTS_MAX);
	}
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = str_make((const char *)data, size);
	struct arena a;
	struct buf whole, cut;

	if (size == 0)
		return 0;
	arena_init(&a, 65536);
	whole = buf_in(&a);
	cut = buf_in(&a);
	body = str_skip(body, 1);
	if (parse(&a, body, size, &whole) ==
	    parse(&a, body, 1 + (size_t)data[0] % 40, &cut))
		HOLDS(str_eq(buf_str(&whole), buf_str(&cut)));
	else
		HOLDS(false);
	arena_close(&a);
	return 0;
}
