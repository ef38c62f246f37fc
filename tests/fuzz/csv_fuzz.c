/* Whatever is sent as CSV is refused, or means records in valid JSON; written
 * as CSV again, these read back as they were. */
#include "app/base/arena.h"
#include "app/base/jsonread.h"
#include "middleware/convert.h"
#include "middleware/csv.h"
#include "tests/fuzz/fuzz.h"

#define MAX_BYTES 65536u

static bool
is_record(struct arena *a, struct json v)
{
	struct json_walk walk = json_walk(a, v);
	struct json_member member;
	size_t n = 0;

	for (; json_next(&walk, &member); n++) {
		enum json_kind kind = json_kind(member.value);

		if (kind != JSON_STRING && kind != JSON_NULL)
			return false;
	}
	return json_kind(v) == JSON_OBJECT && n > 0;
}

/* Without records there is nothing to be named by. */
static size_t
records_count(struct arena *a, struct str text)
{
	struct json all, list;
	struct json_walk walk;
	struct json_member element;
	size_t n = 0;

	HOLDS(json_parse(a, text, &all, NULL) == ST_OK);
	list = json_get(a, all, STR("resource"));
	HOLDS(json_kind(list) == JSON_ARRAY);
	walk = json_walk(a, list);
	for (; json_next(&walk, &element); n++)
		HOLDS(is_record(a, element.value));
	return n;
}

static struct str
written(struct arena *a, struct str json)
{
	struct buf out = buf_in(a);
	struct convert c;

	convert_open(&c, FORMAT_CSV, &out);
	convert_put(&c, json);
	convert_end(&c);
	convert_close(&c);
	return buf_str(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str csv = str_make((const char *)data, size);
	struct error err = { .text = "" };
	struct str json, again;
	struct arena a;
	enum status st;

	arena_init(&a, 65536);
	st = csv_to_json(&a, csv, MAX_BYTES, &json, &err);
	if (st == ST_OK && records_count(&a, json) > 0) {
		HOLDS(json.n <= 2 * MAX_BYTES);
		HOLDS(csv_to_json(&a, written(&a, json), MAX_BYTES, &again,
			  &err) == ST_OK);
		HOLDS(str_eq(json, again));
	} else if (st == ST_INVALID) {
		HOLDS(str_starts(str_of(err.text), STR("line ")));
	}
	arena_close(&a);
	return 0;
}
