/*
 * Whatever a client writes into Range, the part lies within the content; and a
 * date that is read means the same once it is written anew. Input: eight bytes
 * that are the size, a field.
 */
#include <string.h>

#include "middleware/http_date.h"
#include "middleware/range.h"
#include "tests/fuzz/fuzz.h"

#define NOW INT64_C(1795000000)

static void
part(struct str field, int64_t size)
{
	struct range out;

	if (range_read(field, size, &out) != RANGE_PART)
		return;
	HOLDS(out.first >= 0 && out.length >= 1);
	HOLDS(out.first < size && out.length <= size - out.first);
}

static void
date(struct str field)
{
	char text[HTTP_DATE_BYTES];
	int64_t at, again;

	if (!http_date_read(field, NOW, &at))
		return;
	HOLDS(at >= 0);
	HOLDS(http_date_read(http_date_write(at, text), NOW, &again));
	HOLDS(again == at);
	HOLDS(range_if(field, STR("\"a\""), at, at + 1));
	HOLDS(!range_if(field, STR("\"a\""), at, at));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str field = str_make((const char *)data, size);
	int64_t bytes;

	if (size < sizeof(bytes))
		return 0;
	memcpy(&bytes, data, sizeof(bytes));
	field = str_skip(field, sizeof(bytes));
	part(field, bytes & INT64_MAX);
	date(field);
	return 0;
}
