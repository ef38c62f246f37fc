#include "middleware/trace.h"

#define VERSION_CHARS 2
#define ID_CHARS      32
#define PARENT_CHARS  16
#define FLAGS_CHARS   2

/* Of version 00, with three "-". */
#define TRACE_CHARS (VERSION_CHARS + ID_CHARS + PARENT_CHARS + FLAGS_CHARS + 3)

/* The next n characters when they are digits and a "-" follows, or the end. */
static bool
digits_cut(struct str *rest, size_t n, struct str *out)
{
	if (rest->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = rest->p[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
	}
	*out = str_make(rest->p, n);
	*rest = str_skip(*rest, n);
	if (rest->n == 0)
		return true;
	if (rest->p[0] != '-')
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

static bool
is_zero(struct str digits)
{
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] != '0')
			return false;
	return true;
}

bool
trace_read(struct str header, struct trace *out)
{
	struct str rest = str_trim(header);
	size_t all = rest.n;
	struct trace t;
	struct str version;

	*out = (struct trace){ .id = STR_NULL };
	if (!digits_cut(&rest, VERSION_CHARS, &version) ||
	    !digits_cut(&rest, ID_CHARS, &t.id) ||
	    !digits_cut(&rest, PARENT_CHARS, &t.parent) ||
	    !digits_cut(&rest, FLAGS_CHARS, &t.flags))
		return false;
	if (str_eq(version, STR("ff")) || is_zero(t.id) || is_zero(t.parent))
		return false;
	/* Only later versions may go on, behind a "-". */
	if (all > TRACE_CHARS && str_eq(version, STR("00")))
		return false;
	*out = t;
	return true;
}
