/* Members of a JSON object, with their names. */
#ifndef WEIR_SERVICES_SYSTEM_PUT_H
#define WEIR_SERVICES_SYSTEM_PUT_H

#include "app/base/jsonout.h"
#include "app/base/str.h"

/* STR_NULL is null. */
static inline void
put_text(struct buf *b, const char *name, struct str value)
{
	json_put_name(b, str_of(name));
	if (str_is_null(value))
		buf_put_lit(b, "null");
	else
		json_put_str(b, value);
}

static inline void
put_bool(struct buf *b, const char *name, bool value)
{
	json_put_name(b, str_of(name));
	json_put_bool(b, value);
}

static inline void
put_number(struct buf *b, const char *name, int64_t value)
{
	json_put_name(b, str_of(name));
	buf_put_i64(b, value);
}

/* A value that is JSON already. */
static inline void
put_raw(struct buf *b, const char *name, struct str json)
{
	json_put_name(b, str_of(name));
	buf_put(b, json);
}

#endif
