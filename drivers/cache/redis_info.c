#include "drivers/cache/redis_info.h"

struct str
redis_info_field(struct str text, struct str name)
{
	while (text.p != NULL) {
		struct str line = str_cut(&text, '\n');

		if (str_starts(line, name) && line.n > name.n &&
		    line.p[name.n] == ':')
			return str_trim(str_skip(line, name.n + 1));
	}
	return STR_NULL;
}

int64_t
redis_info_number(struct str text, struct str name)
{
	int64_t number;

	return str_to_i64(redis_info_field(text, name), &number) ? number : -1;
}
