/* Any bytes go out as valid JSON; UTF-8 and every double read back as they
 * were. */
#include <math.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "app/base/jsontext.h"
#include "app/base/utf8.h"
#include "tests/fuzz/fuzz.h"

static bool
is_utf8(struct str s)
{
	while (s.n > 0) {
		size_t n = utf8_first(s);

		if (n == 0)
			return false;
		s = str_skip(s, n);
	}
	return true;
}

static struct json
read_back(struct arena *a, const struct buf *out)
{
	struct error err = { 0 };
	struct json v;

	HOLDS(json_parse(a, buf_str(out), &v, &err) == ST_OK);
	return v;
}

static void
text_goes_out(struct arena *a, struct str text)
{
	struct buf out = buf_in(a);
	struct str back;

	json_put_str(&out, text);
	back = json_to_str(a, read_back(a, &out));
	HOLDS(is_utf8(back));
	HOLDS(!is_utf8(text) || str_eq(back, text));
}

static void
double_goes_out(struct arena *a, const uint8_t *data)
{
	struct buf out = buf_in(a);
	double v, back = 0;

	memcpy(&v, data, sizeof(v));
	json_put_double(&out, v);
	HOLDS(
	    json_to_double(a, read_back(a, &out), &back) == (isfinite(v) != 0));
	HOLDS(!isfinite(v) || back == v);
}

static void
bytes_go_out(struct arena *a, const uint8_t *data, size_t size)
{
	struct buf out = buf_in(a);

	json_put_base64(&out, data, size);
	HOLDS(json_to_str(a, read_back(a, &out)).n == (size + 2) / 3 * 4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;

	arena_init(&a, 4096);
	text_goes_out(&a, str_make((const char *)data, size));
	bytes_go_out(&a, data, size);
	if (size >= sizeof(double))
		double_goes_out(&a, data);
	arena_close(&a);
	return 0;
}
