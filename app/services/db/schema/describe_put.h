/* Members of the objects that describe a schema. */
#ifndef WEIR_SERVICES_DB_DESCRIBE_PUT_H
#define WEIR_SERVICES_DB_DESCRIBE_PUT_H

#include "app/base/jsonout.h"

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
put_flag(struct buf *out, const char *name, bool flag)
{
	json_put_name(out, str_of(name));
	json_put_bool(out, flag);
}

/* null for 0: nothing is bounded by it. */
static inline void
put_bound(struct buf *out, const char *name, int64_t n)
{
	json_put_name(out, str_of(name));
	if (n == 0)
		buf_put_lit(out, "null");
	else
		buf_put_i64(out, n);
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
