/*
 * The body of a request as JSON (contract.md 3). It is checked once, as a
 * whole, and then read in place (app/base/jsonread.h), so what is returned
 * lives as long as the request and nothing need be closed.
 */
#ifndef WEIR_JSON_H
#define WEIR_JSON_H

#include <stddef.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"

struct request;

/*
 * The value of the whole body; JSON_NONE when the body is empty. Else the
 * response holds the refusal: 415 when Content-Type names something that is
 * not JSON (none at all is taken for JSON), 400 with line and column.
 */
enum status json_body(struct request *req, struct json *out);

/* How the records of a body are wrapped. */
enum records_form {
	RECORDS_OBJECT,  /* {...}: one record */
	RECORDS_ARRAY,   /* [{...},...] */
	RECORDS_RESOURCE /* {"resource":[{...},...]}, or one object there */
};

struct records {
	enum records_form form;
	struct json *list; /* each an object */
	size_t n;          /* at least 1 */
};

/*
 * The records of a body, at most max. Else the response holds the refusal,
 * 400: no record, too many (naming the limit), or an element that is no
 * object.
 */
enum status json_records(
    struct request *req, struct json body, size_t max, struct records *out);

#endif
