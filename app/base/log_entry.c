#include "app/base/log_entry.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/jsonmember.h"
#include "app/base/log_text.h"

#define TIME_BYTES   sizeof("2026-01-01T00:00:00.000Z")
#define NUMBER_BYTES 24

static const char *const level_names[] = { "error", "warning", "info",
	"debug" };

static struct str
time_text(char text[TIME_BYTES])
{
	int64_t wall_ms = clock_now().wall_ms;
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t n;

	(void)gmtime_r(&seconds, &tm);
	n = strftime(text, TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(
	    text + n, TIME_BYTES - n, ".%03dZ", (int)(wall_ms % 1000));
	return str_make(text, TIME_BYTES - 1);
}

static struct str
value_of(const struct log_field *field, char number[NUMBER_BYTES])
{
	int n;

	if (!str_is_null(field->text))
		return field->text;
	n = snprintf(number, NUMBER_BYTES, "%lld", (long long)field->number);
	return str_make(number, (size_t)n);
}

void
log_entry_json(struct buf *b, const struct log_entry *e)
{
	char time[TIME_BYTES];

	buf_put_char(b, '{');
	put_text(b, "time", time_text(time));
	put_text(b, "level", str_of(level_names[e->level]));
	put_number(b, "pid", getpid());
	if (e->id.n > 0)
		put_text(b, "request_id", e->id);
	for (size_t i = 0; i < e->n; i++)
		if (str_is_null(e->fields[i].text))
			put_number(b, e->fields[i].name, e->fields[i].number);
		else
			put_text(b, e->fields[i].name, e->fields[i].text);
	put_text(b, "message", e->text);
	buf_put_char(b, '}');
}

void
log_entry_text(struct buf *b, const struct log_entry *e, bool apart)
{
	char time[TIME_BYTES];

	if (!apart) {
		buf_put(b, time_text(time));
		buf_put_char(b, ' ');
	}
	buf_put(b, str_of(level_names[e->level]));
	if (!apart)
		buf_printf(b, " [%d] ", (int)getpid());
	else
		buf_put_lit(b, ": ");
	if (e->id.n > 0) {
		log_put_shown(b, e->id);
		buf_put_lit(b, ": ");
	}
	log_put_shown(b, e->text);
}

void
log_entry_fields(struct buf *b, const struct log_entry *e)
{
	char number[NUMBER_BYTES];

	log_put_field(b, STR("log"), STR("log"));
	if (e->id.n > 0)
		log_put_field(b, STR("request_id"), e->id);
	for (size_t i = 0; i < e->n; i++)
		log_put_field(b, str_of(e->fields[i].name),
		    value_of(&e->fields[i], number));
}
