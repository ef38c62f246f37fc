#include "middleware/metric.h"

#include <stdio.h>

#include "app/base/utf8.h"

#define MICRO         1000000
#define SECONDS_BYTES 32

void
metric_head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_escaped(struct buf *b, struct str rest)
{
	while (rest.n > 0) {
		size_t n = utf8_first(rest);
		char c = rest.p[0];

		if (n == 0)
			buf_put_char(b, '?');
		else if (c == '\n')
			buf_put_lit(b, "\\n");
		else if (c == '\\' || c == '"')
			buf_printf(b, "\\%c", c);
		else
			buf_put(b, str_make(rest.p, n));
		rest = str_skip(rest, n == 0 ? 1 : n);
	}
}

static void
put_name(struct buf *b, const char *name, const char *end,
    const struct metric_label *labels, size_t n)
{
	buf_put(b, str_of(name));
	buf_put(b, str_of(end));
	for (size_t i = 0; i < n; i++) {
		buf_put_char(b, i == 0 ? '{' : ',');
		buf_put(b, str_of(labels[i].name));
		buf_put_lit(b, "=\"");
		put_escaped(b, labels[i].value);
		buf_put_char(b, '"');
	}
	if (n > 0)
		buf_put_char(b, '}');
	buf_put_char(b, ' ');
}

void
metric_put(struct buf *b, const char *name, const struct metric_label *labels,
    size_t n, uint64_t value)
{
	put_name(b, name, "", labels, n);
	buf_put_u64(b, value);
	buf_put_char(b, '\n');
}

/* "0.000250" */
static struct str
seconds_text(char text[SECONDS_BYTES], uint64_t us)
{
	int n = snprintf(text, SECONDS_BYTES, "%llu.%06llu",
	    (unsigned long long)(us / MICRO), (unsigned long long)(us % MICRO));

	return str_make(text, (size_t)n);
}

void
metric_put_seconds(struct buf *b, const char *name,
    const struct metric_label *labels, size_t n, uint64_t us)
{
	char text[SECONDS_BYTES];

	put_name(b, name, "", labels, n);
	buf_put(b, seconds_text(text, us));
	buf_put_char(b, '\n');
}

static struct str
bound_text(char text[SECONDS_BYTES], size_t i)
{
	if (i == METER_BOUNDS)
		return STR("+Inf");
	return seconds_text(text, (uint64_t)meter_bounds_us[i]);
}

void
metric_put_times(struct buf *b, const char *name,
    const struct metric_label *label, const struct meter_times *times)
{
	struct metric_label labels[2] = { { "", STR_NULL }, { "", STR_NULL } };
	size_t n = label == NULL ? 0 : 1;
	char text[SECONDS_BYTES];
	uint64_t count = 0;

	if (label != NULL)
		labels[0] = *label;
	labels[n].name = "le";
	for (size_t i = 0; i < METER_BUCKETS; i++) {
		labels[n].value = bound_text(text, i);
		count += times->bucket[i];
		put_name(b, name, "_bucket", labels, n + 1);
		buf_put_u64(b, count);
		buf_put_char(b, '\n');
	}
	put_name(b, name, "_sum", labels, n);
	buf_put(b, seconds_text(text, times->sum_us));
	buf_put_char(b, '\n');
	put_name(b, name, "_count", labels, n);
	buf_put_u64(b, count);
	buf_put_char(b, '\n');
}
