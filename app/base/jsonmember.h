/* Members of a JSON object, with their names. */
#ifndef WEIR_BASE_JSONMEMBER_H
#define WEIR_BASE_JSONMEMBER_H

#include "app/base/jsonout.h"
#include "app/base/str.h"

/* null for STR_NULL. */
static inline void
put_text(struct buf *out, const char *name, struct str text)
{
	json_put_name(out, str_of(name));
	if (str_is_null(text))
		buf_put_lit(out, "null");
	else
		json_put_str(out, text);
}

static inline void
put_null(struct buf *out, const char *name)
{
	put_text(out, name, STR_NULL);
}

static inline void
put_bool(struct buf *out, const char *name, bool value)
{
	json_put_name(out, str_of(name));
	json_put_bool(out, value);
}

static inline void
put_number(struct buf *out, const char *name, int64_t value)
{
	json_put_name(out, str_of(name));
	buf_put_i64(out, value);
}

/* null for 0: nothing is bounded by it. */
static inline void
put_bound(struct buf *out, const char *name, int64_t n)
{
	if (n == 0)
		put_null(out, name);
	else
		put_number(out, name, n);
}

/* A value that is JSON already. */
static inline void
put_raw(struct buf *out, const char *name, struct str json)
{
	json_put_name(out, str_of(name));
	buf_put(out, json);
}

static inline void
put_texts(struct buf *out, const char *name, const struct str *list, size_t n)
{
	json_put_name(out, str_of(name));
	buf_put_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		json_put_str(out, list[i]);
	}
	buf_put_char(out, ']');
}

#endif
