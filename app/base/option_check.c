#include "app/base/option_check.h"

#include "app/base/network.h"
#include "app/base/secret.h"

/* RFC 7518 3.2: no shorter than the hash. */
#define SECRET_BYTES_MIN 32u

bool
option_is_key(struct str text)
{
	uint8_t master[SECRET_KEY_BYTES];
	bool good = secret_parse_key(text, master);

	secret_wipe(master, sizeof(master));
	return good;
}

bool
option_is_key_list(struct str text)
{
	while (!str_is_null(text)) {
		if (!option_is_key(str_trim(str_cut(&text, ','))))
			return false;
	}
	return true;
}

bool
option_is_long_secret(struct str text)
{
	return text.n >= SECRET_BYTES_MIN;
}

bool
option_is_one_line(struct str text)
{
	return str_find(text, '\n') == text.n && str_find(text, '\r') == text.n;
}

bool
option_is_command(struct str text)
{
	return str_starts(text, STR("/")) && option_is_one_line(text);
}

bool
option_is_listen(struct str text)
{
	size_t colon = text.n;
	uint64_t port;

	if (str_starts(text, STR("unix:")))
		return str_starts(text, STR("unix:/")) && text.n > 6;
	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	return colon > 1 && str_to_u64(str_skip(text, colon), &port) &&
	       port >= 1 && port <= 65535;
}

bool
option_is_metrics(struct str text)
{
	return str_eq(text, STR("off")) || networks_check(text);
}
