#include "middleware/explain.h"

#include "middleware/principal.h"
#include "middleware/request.h"

bool
explain_asked(const struct request *req)
{
	if (req->by_operator)
		return true;
	return str_to_bool(req->param[PARAM_EXPLAIN]) &&
	       req->principal != NULL && principal_is_free(req->principal);
}
