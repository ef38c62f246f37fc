#include "app/base/status.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[] = {
	[ST_OK] = "ok",
	[ST_MISSING] = "missing",
	[ST_EXISTS] = "exists",
	[ST_INVALID] = "invalid",
	[ST_DENIED] = "denied",
	[ST_REFUSED] = "refused",
	[ST_TOO_BIG] = "too big",
	[ST_FULL] = "full",
	[ST_TIMEOUT] = "timeout",
	[ST_UNAVAILABLE] = "unavailable",
	[ST_STALE] = "stale",
	[ST_ERROR] = "error",
};

const char *
status_name(enum status st)
{
	return names[st];
}

enum status
error_set(struct error *err, enum status st, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL || err->text[0] != '\0')
		return st;
	err->status = st;
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return st;
}
