#include "middleware/range.h"

#include <inttypes.h>

#include "middleware/http_date.h"

/* Digits alone: a sign is none. More than can be counted is the most that
 * can. */
static bool
read_count(struct str s, int64_t *out)
{
	int64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (value > (INT64_MAX - 9) / 10)
			value = INT64_MAX;
		else
			value = value * 10 + (s.p[i] - '0');
	}
	*out = value;
	return true;
}

/* "-500": the last 500 bytes, or all when there are fewer. */
static enum range_verdict
suffix_read(struct str digits, int64_t size, struct range *out)
{
	int64_t n;

	if (!read_count(digits, &n))
		return RANGE_WHOLE;
	if (n == 0)
		return RANGE_NONE;
	if (size == 0)
		return RANGE_WHOLE;
	out->length = n < size ? n : size;
	out->first = size - out->length;
	return RANGE_PART;
}

enum range_verdict
range_read(struct str field, int64_t size, struct range *out)
{
	struct str unit = str_trim(str_cut(&field, '='));
	struct str spec = str_trim(field);
	struct str from = str_trim(str_cut(&spec, '-'));
	struct str to = str_trim(spec);
	int64_t first, last;

	if (!str_eq_nocase(unit, STR("bytes")) || str_is_null(spec))
		return RANGE_WHOLE;
	if (from.n == 0)
		return suffix_read(to, size, out);
	if (!read_count(from, &first))
		return RANGE_WHOLE;
	last = INT64_MAX;
	if (to.n > 0 && (!read_count(to, &last) || last < first))
		return RANGE_WHOLE;
	if (first >= size)
		return RANGE_NONE;
	if (last >= size)
		last = size - 1;
	*out = (struct range){ first, last - first + 1 };
	return RANGE_PART;
}

void
range_put(struct buf *head, const struct range *range, int64_t size)
{
	buf_put_lit(head, "Content-Range: bytes ");
	if (range == NULL)
		buf_printf(head, "*/%" PRId64 "\r\n", size);
	else
		buf_printf(head, "%" PRId64 "-%" PRId64 "/%" PRId64 "\r\n",
		    range->first, range->first + range->length - 1, size);
}

bool
range_if(struct str field, struct str etag, int64_t modified, int64_t now_s)
{
	int64_t date;

	field = str_trim(field);
	if (str_starts(field, STR("\"")))
		return str_eq(field, etag);
	return modified != 0 && modified < now_s &&
	       http_date_read(field, now_s, &date) && date == modified;
}
