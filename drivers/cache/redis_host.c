#include "drivers/cache/redis_host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

bool
redis_host_make(struct str name, int64_t port, struct redis_host *out)
{
	memset(out, 0, sizeof(*out));
	if (!host_is_sound(name, port))
		return false;
	memcpy(out->name, name.p, name.n);
	out->port = (uint16_t)port;
	return true;
}

enum status
redis_hosts_read(struct str text, int64_t port, const char *setting,
    struct redis_host *out, size_t max, size_t *n, struct error *err)
{
	struct str rest = text;

	*n = 0;
	do {
		struct str one = str_cut(&rest, ',');
		struct str name;
		int64_t at = port;

		if (*n == max)
			return error_set(err, ST_INVALID,
			    "%s: more than %zu servers are named", setting,
			    max);
		if (!host_read(one, &name, &at) ||
		    !redis_host_make(name, at, &out[*n]))
			return error_set(err, ST_INVALID,
			    "%s: \"%.*s\" is no HOST or HOST:PORT", setting,
			    STR_ARG(one));
		(*n)++;
	} while (rest.p != NULL);
	return ST_OK;
}

enum status
redis_host_socket(const char *path, struct redis_host *out, struct error *err)
{
	struct sockaddr_un un;
	size_t n = strlen(path);

	memset(out, 0, sizeof(*out));
	if (n >= sizeof(un.sun_path) || n >= sizeof(out->name))
		return error_set(err, ST_INVALID,
		    "REDIS_SOCKET: the path is longer than %zu bytes",
		    sizeof(un.sun_path) - 1);
	memcpy(out->name, path, n);
	return ST_OK;
}

bool
redis_host_same(const struct redis_host *a, const struct redis_host *b)
{
	return a->port == b->port && strcmp(a->name, b->name) == 0;
}

void
redis_host_show(const struct redis_host *host, char out[REDIS_SERVER_BYTES])
{
	const char *what = host->sentinel ? "sentinel " : "";
	bool bracket = strchr(host->name, ':') != NULL;

	if (host->port == 0)
		(void)snprintf(out, REDIS_SERVER_BYTES, "%s", host->name);
	else
		(void)snprintf(out, REDIS_SERVER_BYTES, "%s%s%s%s:%u", what,
		    bracket ? "[" : "", host->name, bracket ? "]" : "",
		    (unsigned)host->port);
}

bool
redis_host_place(const struct redis_host *host, struct redis_place *out)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&out->at;
	struct sockaddr_in *in = (struct sockaddr_in *)&out->at;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&out->at;

	memset(out, 0, sizeof(*out));
	if (host->port == 0) {
		un->sun_family = AF_UNIX;
		memcpy(un->sun_path, host->name, strlen(host->name));
		out->n = sizeof(*un);
		return true;
	}
	if (inet_pton(AF_INET, host->name, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(host->port);
		out->n = sizeof(*in);
		return true;
	}
	if (inet_pton(AF_INET6, host->name, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(host->port);
		out->n = sizeof(*in6);
		return true;
	}
	return false;
}
