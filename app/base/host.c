#include "app/base/host.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* Cuts the port off; what is left is the name. False: it is no port. */
static bool
port_cut(struct str *name, int64_t *port)
{
	size_t colon = str_find(*name, ':');
	struct str rest = str_skip(*name, colon);

	/* More colons than one: an IPv6 address without a port. */
	if (rest.n > 0 && str_find(str_skip(rest, 1), ':') == rest.n - 1) {
		if (!str_to_i64(str_skip(rest, 1), port))
			return false;
		name->n = colon;
	}
	return true;
}

/* "[::1]:6379": the name loses its brackets. */
static bool
bracket_cut(struct str *name, int64_t *port)
{
	size_t end = str_find(*name, ']');
	struct str rest = str_skip(*name, end + 1);

	if (end == name->n)
		return false;
	*name = str_make(name->p + 1, end - 1);
	if (rest.n > 0 &&
	    (rest.p[0] != ':' || !str_to_i64(str_skip(rest, 1), port)))
		return false;
	return true;
}

/* Colons stand in IPv6 addresses only, which a zone may follow. */
static bool
colons_sound(struct str name)
{
	struct in6_addr at;
	char address[INET6_ADDRSTRLEN];
	size_t n = str_find(name, '%');

	if (str_find(name, ':') == name.n)
		return true;
	if (n >= sizeof(address))
		return false;
	memcpy(address, name.p, n);
	address[n] = '\0';
	return inet_pton(AF_INET6, address, &at) == 1;
}

bool
host_is_sound(struct str name, int64_t port)
{
	if (port < 1 || port > HOST_PORT_MAX || name.n == 0 ||
	    name.n >= HOST_BYTES)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == '/')
			return false;
	return colons_sound(name);
}

bool
host_read(struct str text, struct str *name, int64_t *port)
{
	bool bracket;

	*name = str_trim(text);
	bracket = name->n > 0 && name->p[0] == '[';
	return (bracket ? bracket_cut : port_cut)(name, port) &&
	       host_is_sound(*name, *port);
}
