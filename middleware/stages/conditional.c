#include "middleware/stages/conditional.h"

#include "app/base/secret.h"
#include "middleware/request.h"

#define ETAG_BYTES (2 * DIGEST_BYTES + 2)

bool
cache_control_has(struct str field, const char *directive)
{
	while (field.p != NULL) {
		struct str part = str_trim(str_cut(&field, ','));

		part.n = str_find(part, '=');
		if (str_eq_nocase(str_trim(part), str_of(directive)))
			return true;
	}
	return false;
}

bool
etag_listed(struct str field, struct str etag)
{
	while (field.p != NULL) {
		struct str tag = str_trim(str_cut(&field, ','));

		if (str_starts(tag, STR("W/")))
			tag = str_skip(tag, 2);
		if (str_eq(tag, etag) || str_eq(tag, STR("*")))
			return true;
	}
	return false;
}

void
conditional_answer(struct request *req, const uint8_t *digest)
{
	struct response *res = &req->response;
	char etag[ETAG_BYTES];

	etag[0] = etag[ETAG_BYTES - 1] = '"';
	hex_encode(etag + 1, digest, DIGEST_BYTES);
	buf_put_lit(&res->head, "ETag: ");
	buf_put(&res->head, str_make(etag, sizeof(etag)));
	buf_put_lit(&res->head,
	    "\r\nCache-Control: private, no-cache\r\n"
	    "Vary: X-DreamFactory-API-Key, X-API-Key, Authorization, "
	    "X-DreamFactory-Session-Token, Accept\r\n");
	if (etag_listed(
		req->param[PARAM_IF_NONE_MATCH], str_make(etag, sizeof(etag))))
		res->status = 304;
}
