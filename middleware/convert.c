#include "middleware/convert.h"

#include "app/base/jsoncheck.h"
#include "app/base/jsonout.h"

/* Room for one record of usual size. */
#define SCRATCH_BYTES 4096u

void
convert_open(struct convert *c, enum format format, struct buf *out)
{
	*c = (struct convert){ .format = format, .out = out };
	arena_init(&c->scratch, SCRATCH_BYTES);
	arena_init(&c->kept, SCRATCH_BYTES);
	json_split_open(&c->split);
	if (format == FORMAT_XML)
		buf_put_lit(out, "<?xml version=\"1.0\" ?>\n<dfapi>");
}

void
convert_close(struct convert *c)
{
	json_split_close(&c->split);
	buf_free(&c->names);
	buf_free(&c->fields);
	arena_close(&c->kept);
	arena_close(&c->scratch);
}

struct json
convert_value(struct convert *c, struct str value)
{
	struct buf text = buf_in(&c->scratch);

	if (json_is_answer(value))
		return (struct json){ value };
	json_put_str(&text, value);
	return (struct json){ buf_str(&text) };
}

static void
parts_put(struct convert *c)
{
	struct json_part part;

	while (json_split_next(&c->split, &part)) {
		if (c->format == FORMAT_XML)
			convert_xml_part(c, &part);
		else
			convert_csv_part(c, &part);
		arena_reset(&c->scratch);
	}
}

void
convert_put(struct convert *c, struct str piece)
{
	json_split_put(&c->split, piece);
	parts_put(c);
}

void
convert_end(struct convert *c)
{
	json_split_end(&c->split);
	parts_put(c);
	if (c->format == FORMAT_XML)
		buf_put_lit(c->out, "</dfapi>\n");
	else
		convert_csv_end(c);
}
