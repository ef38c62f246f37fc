#include "drivers/cache/memcached_socket.h"

#include <dirent.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HOST_BYTES 64
#define PORT_BYTES 8

/* One end of a connection, in digits. */
struct end {
	char host[HOST_BYTES];
	char port[PORT_BYTES];
};

static bool
end_read(struct end *end, const struct sockaddr_storage *at, socklen_t n)
{
	return getnameinfo((const struct sockaddr *)at, n, end->host,
		   sizeof(end->host), end->port, sizeof(end->port),
		   NI_NUMERICHOST | NI_NUMERICSERV) == 0;
}

static bool
is_tcp(const struct sockaddr_storage *at)
{
	return at->ss_family == AF_INET || at->ss_family == AF_INET6;
}

/* Whether it leads from that port to that server. */
static bool
leads(int fd, const char *source, const struct end *server)
{
	struct sockaddr_storage at = { 0 };
	socklen_t n = sizeof(at);
	struct end end;

	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0 || !is_tcp(&at) ||
	    !end_read(&end, &at, n) || strcmp(end.port, source) != 0)
		return false;
	n = sizeof(at);
	return getpeername(fd, (struct sockaddr *)&at, &n) == 0 &&
	       is_tcp(&at) && end_read(&end, &at, n) &&
	       strcmp(end.port, server->port) == 0 &&
	       strcmp(end.host, server->host) == 0;
}

/* While it is looked for nobody else closes it: it is this thread's. */
static int
find(const char *source, const struct end *server)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;
	int found = -1;

	if (folder == NULL)
		return -1;
	while (found < 0 && (entry = readdir(folder)) != NULL) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (entry->d_name[0] != '.' && leads(fd, source, server))
			found = fd;
	}
	(void)closedir(folder); /* was only read */
	return found;
}

int
memcached_socket_find(const memcached_st *handle)
{
	const memcached_instance_st *server =
	    memcached_server_instance_by_position(handle, 0);
	in_port_t from = memcached_server_srcport(server);
	char source[PORT_BYTES];
	struct end to;

	if (from == 0 || from == (in_port_t)-1)
		return -1;
	(void)snprintf(source, sizeof(source), "%u", from);
	(void)snprintf(
	    to.host, sizeof(to.host), "%s", memcached_server_name(server));
	(void)snprintf(
	    to.port, sizeof(to.port), "%u", memcached_server_port(server));
	return find(source, &to);
}
