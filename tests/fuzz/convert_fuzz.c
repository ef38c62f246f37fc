/* Any text, JSON or not, becomes CSV that can be read and XML whose elements
 * nest; and the same, however it is cut. Of the first byte: how large the
 * pieces are. */
#include "app/base/arena.h"
#include "app/base/csvread.h"
#include "app/base/utf8.h"
#include "middleware/convert.h"
#include "tests/fuzz/fuzz.h"

#define OPEN_MAX 256u

static struct str
converted(struct arena *a, enum format format, struct str text, size_t piece)
{
	struct buf out = buf_in(a);
	struct convert c;

	convert_open(&c, format, &out);
	while (text.n > 0) {
		size_t n = piece < text.n ? piece : text.n;

		/* A copy, so that nothing behind it can be read. */
		convert_put(&c, arena_dup(a, str_make(text.p, n)));
		text = str_skip(text, n);
	}
	convert_end(&c);
	convert_close(&c);
	return buf_str(&out);
}

static void
is_csv(struct arena *a, struct str text)
{
	struct csv_reader r;
	struct csv_field field;
	enum status st = csv_open(&r, a, text, NULL);

	HOLDS(st == ST_OK);
	while ((st = csv_next(&r, &field)) == ST_OK)
		continue;
	HOLDS(st == ST_MISSING);
}

static bool
is_entity(struct str s)
{
	return str_starts(s, STR("&amp;")) || str_starts(s, STR("&lt;")) ||
	       str_starts(s, STR("&gt;")) || str_starts(s, STR("&#13;"));
}

static void
is_text(struct str text)
{
	while (text.n > 0) {
		size_t n = utf8_first(text);
		unsigned char c = (unsigned char)text.p[0];

		HOLDS(n > 0);
		HOLDS(c >= 0x20 || c == '\t' || c == '\n');
		HOLDS(c != '>' && (c != '&' || is_entity(text)));
		text = str_skip(text, n);
	}
}

static void
is_name(struct str name)
{
	HOLDS(name.n > 0);
	HOLDS(str_find(STR("0123456789.-"), name.p[0]) == 12);
	for (size_t i = 0; i < name.n; i++)
		HOLDS(str_find(STR(" \t\r\n\"'&<>/=:!?"), name.p[i]) == 14);
}

/* Every element that is open is closed, in its turn. */
static void
is_xml(struct str text)
{
	struct str open[OPEN_MAX];
	size_t n = 0;

	HOLDS(str_starts(text, STR("<?xml version=\"1.0\" ?>\n<dfapi>")));
	HOLDS(str_ends(text, STR("</dfapi>\n")));
	text = str_skip(text, STR("<?xml version=\"1.0\" ?>\n").n);
	while (text.n > 0) {
		struct str before = str_cut(&text, '<');
		struct str tag;

		is_text(before);
		if (str_is_null(text))
			break;
		tag = str_cut(&text, '>');
		HOLDS(!str_is_null(text));
		if (tag.n > 0 && tag.p[0] == '/') {
			HOLDS(n > 0 && str_eq(open[n - 1], str_skip(tag, 1)));
			n--;
		} else if (tag.n > 0 && tag.p[tag.n - 1] == '/') {
			is_name(str_make(tag.p, tag.n - 1));
		} else {
			is_name(tag);
			HOLDS(n < OPEN_MAX);
			open[n++] = tag;
		}
	}
	HOLDS(n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	struct str text, csv, xml;
	size_t piece;

	if (size == 0)
		return 0;
	piece = (size_t)data[0] + 1;
	text = str_make((const char *)data + 1, size - 1);
	arena_init(&a, 65536);
	csv = converted(&a, FORMAT_CSV, text, text.n + 1);
	xml = converted(&a, FORMAT_XML, text, text.n + 1);
	is_csv(&a, csv);
	is_xml(xml);
	HOLDS(str_eq(csv, converted(&a, FORMAT_CSV, text, piece)));
	HOLDS(str_eq(xml, converted(&a, FORMAT_XML, text, piece)));
	arena_close(&a);
	return 0;
}
