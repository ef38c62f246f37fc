#include "middleware/stages/conditional.h"

#include <inttypes.h>

#include "app/base/secret.h"
#include "middleware/request.h"

#define ETAG_BYTES (2 * DIGEST_BYTES + 2)

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
conditional_answer(
    struct request *req, const uint8_t *digest, uint32_t client_ttl)
{
	struct response *res = &req->response;
	char etag[ETAG_BYTES];

	etag[0] = etag[ETAG_BYTES - 1] = '"';
	hex_encode(etag + 1, digest, DIGEST_BYTES);
	buf_put_lit(&res->head, "ETag: ");
	buf_put(&res->head, str_make(etag, sizeof(etag)));
	buf_put_lit(&res->head, "\r\nCache-Control: private, ");
	if (client_ttl > 0)
		buf_printf(&res->head, "max-age=%" PRIu32, client_ttl);
	else
		buf_put_lit(&res->head, "no-cache");
	buf_put_lit(&res->head,
	    "\r\n"
	    "Vary: X-DreamFactory-API-Key, X-API-Key, Authorization, "
	    "X-DreamFactory-Session-Token, Accept\r\n");
	if (etag_listed(
		req->param[PARAM_IF_NONE_MATCH], str_make(etag, sizeof(etag))))
		res->status = 304;
}
