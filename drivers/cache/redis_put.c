#include "drivers/cache/redis_put.h"

#include "app/base/buf.h"

#define DIGITS 20 /* of the largest number */

/* Writes the digits so that they end before `end`; returns where they begin. */
static char *
digits(char *end, uint64_t number)
{
	do {
		*--end = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	return end;
}

/* "*3\r\n", "$3\r\n" */
static void
line(struct buf *out, char kind, uint64_t number)
{
	char text[1 + DIGITS + 2];
	char *end = text + sizeof(text) - 2;
	char *p = digits(end, number);

	*--p = kind;
	end[0] = '\r';
	end[1] = '\n';
	buf_put(out, str_make(p, (size_t)(end + 2 - p)));
}

void
redis_put_head(struct buf *out, size_t n)
{
	line(out, '*', n);
}

void
redis_put_begin(struct buf *out, size_t n)
{
	line(out, '$', n);
}

void
redis_put_end(struct buf *out)
{
	buf_put_lit(out, "\r\n");
}

void
redis_put(struct buf *out, struct str word)
{
	redis_put_begin(out, word.n);
	buf_put(out, word);
	redis_put_end(out);
}

void
redis_put_number(struct buf *out, uint64_t number)
{
	char text[DIGITS];
	char *end = text + sizeof(text);
	char *p = digits(end, number);

	redis_put(out, str_make(p, (size_t)(end - p)));
}
