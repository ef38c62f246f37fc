#include "middleware/stages/conditional.h"

#include <inttypes.h>

#include "middleware/etag.h"
#include "middleware/request.h"

/* Private, as each answer is given to who shows a key or a token. */
void
conditional_answer(
    struct request *req, const uint8_t *digest, uint32_t client_ttl)
{
	struct response *res = &req->response;
	char text[ETAG_BYTES];
	struct str etag = etag_write(digest, text);

	buf_put_lit(&res->head, "ETag: ");
	buf_put(&res->head, etag);
	buf_put_lit(&res->head, "\r\nCache-Control: private, ");
	if (client_ttl > 0)
		buf_printf(&res->head, "max-age=%" PRIu32, client_ttl);
	else
		buf_put_lit(&res->head, "no-cache");
	buf_put_lit(&res->head,
	    "\r\n"
	    "Vary: X-DreamFactory-API-Key, X-API-Key, Authorization, "
	    "X-DreamFactory-Session-Token, Accept, Wrap\r\n");
	if (etag_listed(req->param[PARAM_IF_NONE_MATCH], etag))
		res->status = 304;
}
