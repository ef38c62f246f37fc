#include "app/services/db/table_rights.h"

#include "app/base/jsonout.h"
#include "middleware/registry/access.h"
#include "middleware/request.h"

unsigned
table_rights(const struct request *req, struct str resource, struct str table)
{
	struct str component = arena_printf(
	    req->arena, "%.*s/%.*s", STR_ARG(resource), STR_ARG(table));

	if (req->role == NULL)
		return 0;
	return access_verbs(
	    req->role, req->service->id, component, REQUESTOR_API);
}

void
table_rights_put(struct buf *out, unsigned verbs)
{
	static const enum method shown[] = { METHOD_GET, METHOD_POST,
		METHOD_PUT, METHOD_PATCH, METHOD_DELETE };
	bool any = false;

	buf_put_char(out, '[');
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if ((verbs & (unsigned)shown[i]) == 0)
			continue;
		if (any)
			buf_put_char(out, ',');
		json_put_str(out, method_name(shown[i]));
		any = true;
	}
	buf_put_char(out, ']');
}
