#include "app/descriptors.h"

#include <stdint.h>
#include <sys/resource.h>

#include "app/base/log.h"
#include "app/base/settings.h"

void
descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

void
descriptors_check(const struct settings *settings)
{
	uint64_t connections =
	    (uint64_t)(settings->max_connections * settings->fronts);
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < connections)
		log_line(LOG_WARNING, STR_NULL,
		    "the limit of open files (%llu) is below the %llu "
		    "connections of MAX_CONNECTIONS",
		    (unsigned long long)limit.rlim_cur,
		    (unsigned long long)connections);
}
