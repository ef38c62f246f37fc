#include "app/listen.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/base/settings.h"
#include "app/base/str.h"

#define SYSTEMD_FIRST_FD 3
#define SOCKET_MODE      0660

bool
listen_is_socket(int fd)
{
	int listening = 0;
	socklen_t size = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) ==
		   0 &&
	       listening != 0;
}

/* How many systemd or a test hands over to this process. */
static uint64_t
handed_over(void)
{
	const char *fds = getenv("LISTEN_FDS");
	const char *pid = getenv("LISTEN_PID");
	uint64_t n = 0;
	uint64_t for_pid = (uint64_t)getpid();

	if (fds == NULL || !str_to_u64(str_of(fds), &n))
		return 0;
	if (pid != NULL && !str_to_u64(str_of(pid), &for_pid))
		return 0;
	return for_pid == (uint64_t)getpid() ? n : 0;
}

/* The socket that was handed over, or is descriptor 0. */
static bool
inherited(int *fd, const char **name)
{
	if (handed_over() >= 1 && listen_is_socket(SYSTEMD_FIRST_FD)) {
		*fd = SYSTEMD_FIRST_FD;
		*name = "LISTEN_FDS";
		return true;
	}
	*fd = STDIN_FILENO;
	*name = "fd 0";
	return listen_is_socket(STDIN_FILENO);
}

static enum status
take_inherited(int fd, const char *name, struct listener *out)
{
	int flags = fcntl(fd, F_GETFL);

	out->fd = fd;
	out->shared = true;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* The flag is shared with whoever else holds the socket; an accept
	 * that finds nothing must not block this front. */
	(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	return ST_OK;
}

/* A socket file that nobody answers on is left over from a crash. */
static enum status
path_make_free(const struct sockaddr_un *addr, struct error *err)
{
	struct stat st;
	int fd, rc;

	if (lstat(addr->sun_path, &st) != 0)
		return ST_OK;
	if (!S_ISSOCK(st.st_mode))
		return error_set(err, ST_INVALID,
		    "LISTEN: %s exists and is not a socket", addr->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_set(err, ST_ERROR, "socket: %s", strerror(errno));
	rc = connect(fd, (const struct sockaddr *)addr, sizeof(*addr));
	if (rc != 0 && errno == ECONNREFUSED)
		rc = unlink(addr->sun_path) == 0 ? 1 : 0;
	(void)close(fd);
	if (rc == 1)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "LISTEN: another process listens on %s: stop it first",
	    addr->sun_path);
}

static enum status
set_group(const char *path, const char *group, struct error *err)
{
	const struct group *gr;

	if (group[0] == '\0')
		return ST_OK;
	gr = getgrnam(group); /* before any thread */
	if (gr == NULL)
		return error_set(err, ST_INVALID,
		    "LISTEN_GROUP: there is no group \"%s\"", group);
	if (chown(path, (uid_t)-1, gr->gr_gid) != 0)
		return error_set(err, ST_INVALID,
		    "LISTEN_GROUP: cannot give %s to group %s: %s", path, group,
		    strerror(errno));
	return ST_OK;
}

static enum status
bind_unix(int fd, const struct sockaddr_un *addr,
    const struct settings *settings, struct error *err)
{
	mode_t mask = umask(0777 & ~SOCKET_MODE);
	int rc = bind(fd, (const struct sockaddr *)addr, sizeof(*addr));
	int why = errno;

	(void)umask(mask);
	if (rc != 0)
		return error_set(err, ST_INVALID, "LISTEN: cannot bind %s: %s",
		    addr->sun_path, strerror(why));
	return set_group(addr->sun_path, settings->listen_group, err);
}

static enum status
listen_unix(const struct settings *settings, const char *path,
    struct listener *out, struct error *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	enum status st;

	if (strlen(path) >= sizeof(addr.sun_path))
		return error_set(err, ST_INVALID,
		    "LISTEN: the path is longer than %zu bytes",
		    sizeof(addr.sun_path) - 1);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	st = path_make_free(&addr, err);
	if (st != ST_OK)
		return st;
	out->fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd < 0)
		return error_set(err, ST_ERROR, "socket: %s", strerror(errno));
	st = bind_unix(out->fd, &addr, settings, err);
	if (st == ST_OK)
		out->path = path;
	return st;
}

/* "host:port", "[::1]:9000"; the host must be given: never all addresses by
 * accident, since whoever can connect can send any request. */
static enum status
address_of(const char *text, struct addrinfo **out, struct error *err)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(text, ':');
	char host[128];
	size_t n;
	int rc;

	if (colon == NULL || colon == text || colon[1] == '\0' ||
	    (size_t)(colon - text) >= sizeof(host))
		return error_set(err, ST_INVALID,
		    "LISTEN: expected unix:/path or host:port");
	n = (size_t)(colon - text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	rc = getaddrinfo(host, colon + 1, &hints, out);
	if (rc != 0)
		return error_set(
		    err, ST_INVALID, "LISTEN: %s: %s", text, gai_strerror(rc));
	return ST_OK;
}

static enum status
listen_tcp(const char *text, struct listener *out, struct error *err)
{
	struct addrinfo *addr = NULL;
	enum status st = address_of(text, &addr, err);
	int on = 1;

	if (st != ST_OK)
		return st;
	assert(addr != NULL);
	out->fd = socket(addr->ai_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, addr->ai_protocol);
	if (out->fd >= 0)
		(void)setsockopt(
		    out->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (out->fd < 0 || bind(out->fd, addr->ai_addr, addr->ai_addrlen) != 0)
		st = error_set(err, ST_INVALID, "LISTEN: cannot bind %s: %s",
		    text, strerror(errno));
	freeaddrinfo(addr);
	return st;
}

enum status
listen_open(
    const struct settings *settings, struct listener *out, struct error *err)
{
	const char *text = settings->listen;
	const char *name;
	enum status st;
	int fd;

	*out = (struct listener){ .fd = -1 };
	/* Who connected to another would wait forever. */
	if (handed_over() > 1)
		return error_set(err, ST_INVALID,
		    "LISTEN_FDS: several sockets are handed over, and weir "
		    "takes one: leave one ListenStream in its socket unit");
	if (inherited(&fd, &name))
		return take_inherited(fd, name, out);
	if (text[0] == '\0')
		return error_set(err, ST_INVALID,
		    "nothing to listen on: set LISTEN=unix:/path or "
		    "LISTEN=host:port, or start weir from spawn-fcgi, a web "
		    "server or a systemd socket");
	if (strncmp(text, "unix:", 5) == 0)
		st = listen_unix(settings, text + 5, out, err);
	else
		st = listen_tcp(text, out, err);
	if (st == ST_OK && listen(out->fd, (int)settings->backlog) != 0)
		st = error_set(err, ST_INVALID, "LISTEN: cannot listen: %s",
		    strerror(errno));
	if (st != ST_OK)
		listen_close(out);
	(void)snprintf(out->name, sizeof(out->name), "%s", text);
	return st;
}

void
listen_withdraw(struct listener *l)
{
	if (l->path != NULL)
		(void)unlink(l->path);
	l->path = NULL;
}

void
listen_close(struct listener *l)
{
	if (l->fd < 0)
		return;
	listen_withdraw(l);
	(void)close(l->fd);
	l->fd = -1;
}
