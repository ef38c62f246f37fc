#include "app/services/cache/ttl.h"

#include "drivers/cache/cache.h"
#include "middleware/request.h"

bool
ttl_take(int64_t seconds, uint32_t fallback, uint32_t *out)
{
	if (seconds < -1 || seconds > CACHE_TTL_MAX)
		return false;
	*out = seconds == -1 ? fallback : (uint32_t)seconds;
	return true;
}

enum status
ttl_of_query(const struct request *req, uint32_t fallback, uint32_t *out,
    struct error *err)
{
	struct str text = request_query(req, STR("ttl"));
	int64_t seconds = -1;

	if ((!str_is_null(text) && !str_to_i64(text, &seconds)) ||
	    !ttl_take(seconds, fallback, out))
		return error_set(
		    err, ST_INVALID, "The parameter 'ttl' " TTL_EXPECTED ".");
	if (str_to_bool(request_query(req, STR("forever"))))
		*out = 0;
	return ST_OK;
}
