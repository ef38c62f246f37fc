/* Whose trace a request is of: the traceparent of W3C Trace Context
 * (www.w3.org/TR/trace-context). */
#ifndef WEIR_TRACE_H
#define WEIR_TRACE_H

#include <stdbool.h>

#include "app/base/str.h"

/* Views of what was sent, in lower-case hexadecimal digits. */
struct trace {
	struct str id;     /* 32 of them; STR_NULL: of none */
	struct str parent; /* 16: the span of who called */
	struct str flags;  /* 2 */
};

/* False, and *out of no trace, when it is not one as the recommendation has it:
 * of any version but ff, whose ids are not all zero. */
bool trace_read(struct str header, struct trace *out);

#endif
