/*
 * A FastCGI stream is judged alike whether it arrives at once or byte by byte;
 * what is found ready has a body of the length that was counted. The first
 * byte of the input bounds parameters and body.
 */
#include <stdlib.h>
#include <string.h>

#include "app/fcgi_record.h"
#include "tests/fuzz/fuzz.h"

static struct record_scan
fresh_scan(uint8_t limits)
{
	return (struct record_scan){
		.params_limit = (size_t)(limits >> 4) * 16,
		.body_limit = (size_t)(limits & 15) * 4,
	};
}

/* The bytes in an allocation of their size. */
static char *
exact_copy(const char *bytes, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, n);
	return copy;
}

/* The verdict on bytes[0..n) seen at once. */
static enum record_verdict
judge_whole(uint8_t limits, const char *bytes, size_t n)
{
	struct record_scan scan = fresh_scan(limits);
	char *copy = exact_copy(bytes, n);
	enum record_verdict verdict = record_scan(&scan, copy, n);

	if (verdict == RECORD_READY) {
		char *body = malloc(scan.body_bytes + 1);

		if (body == NULL)
			abort();
		HOLDS(scan.complete && scan.id != 0 && scan.at == n);
		HOLDS(scan.body_bytes <= scan.body_limit);
		HOLDS(scan.params_bytes <= scan.params_limit);
		HOLDS(record_body(copy, scan.params_end, n, body) ==
		      scan.body_bytes);
		free(body);
	}
	free(copy);
	return verdict;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum record_verdict verdict = RECORD_MORE;
	const char *bytes = (const char *)data + 1;
	struct record_scan scan;
	size_t n = 0;

	if (size == 0)
		return 0;
	scan = fresh_scan(data[0]);
	while (n < size - 1 && verdict == RECORD_MORE)
		verdict = record_scan(&scan, bytes, ++n);
	HOLDS(judge_whole(data[0], bytes, n) == verdict);
	(void)judge_whole(data[0], bytes, size - 1);
	return 0;
}
