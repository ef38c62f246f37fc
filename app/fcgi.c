#include "app/fcgi.h"

#include <fcgiapp.h>
#include <fcgios.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/fcgi_record.h"
#include "middleware/client.h"
#include "middleware/request.h"

/* Slots of the name table: a power of two well above PARAM_COUNT. */
#define NAME_SLOTS 128u

/* Of no connection: what libfcgi does to it by itself fails. */
#define NO_CONNECTION INT_MAX

/* What libfcgi reads next. */
static _Thread_local struct str feed;

/* Where libraries are linked with -Bsymbolic, libfcgi reads by its own OS_Read
 * and from a file in memory. Written once by fcgi_init(). */
static bool reads_files;

/* libfcgi's own function of this name would read from the descriptor. */
int
OS_Read(int fd, char *buf, size_t len)
{
	size_t n = feed.n < len ? feed.n : len;

	(void)fd;
	memcpy(buf, feed.p, n);
	feed = str_skip(feed, n);
	return (int)n;
}

/* Finds a parameter by its name without a string comparison a row. Written
 * once by fcgi_init(). */
static struct {
	struct str name;
	enum request_param param;
} names[NAME_SLOTS];

static size_t
name_slot(struct str name)
{
	unsigned char last = (unsigned char)name.p[name.n - 1];
	unsigned char middle = (unsigned char)name.p[name.n / 2];

	return (name.n * 31u + last * 7u + middle) % NAME_SLOTS;
}

static void
names_fill(void)
{
	for (int p = 0; p < PARAM_COUNT; p++) {
		struct str name = request_param_name((enum request_param)p);
		size_t i = name_slot(name);

		while (names[i].name.p != NULL)
			i = (i + 1) % NAME_SLOTS;
		names[i].name = name;
		names[i].param = (enum request_param)p;
	}
}

/* A file that is read from its start, or -1. */
static int
memory_file(struct str bytes)
{
	int fd = memfd_create("weir-params", MFD_CLOEXEC);

	if (fd < 0 || pwrite(fd, bytes.p, bytes.n, 0) == (ssize_t)bytes.n)
		return fd;
	(void)close(fd);
	return -1;
}

/* Without keepConnection, libfcgi would close the connection before it reads;
 * one that it cannot read it closes, and sets ipcFd to -1. */
static bool
fcgx_read(FCGX_Request *fcgx, struct str bytes)
{
	int fd = reads_files ? memory_file(bytes) : NO_CONNECTION;
	bool read;

	feed = bytes;
	(void)FCGX_InitRequest(fcgx, -1, 0);
	fcgx->ipcFd = fd;
	fcgx->keepConnection = 1;
	read =
	    fd >= 0 && FCGX_Accept_r(fcgx) == 0 && FCGX_GetError(fcgx->in) == 0;
	feed = STR_NULL;
	if (reads_files && fcgx->ipcFd >= 0)
		(void)close(fd);
	return read;
}

/* Does a parameter arrive? */
static bool
is_read(void)
{
	static const char request[] = "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"
				      "\1\4\0\1\0\4\0\0\1\1NV"
				      "\1\4\0\1\0\0\0";
	FCGX_Request fcgx;
	bool read = fcgx_read(&fcgx, str_make(request, sizeof(request))) &&
		    FCGX_GetParam("N", fcgx.envp) != NULL;

	FCGX_Free(&fcgx, 0);
	return read;
}

enum status
fcgi_init(struct error *err)
{
	if (FCGX_Init() != 0)
		return error_set(err, ST_ERROR, "libfcgi does not start");
	reads_files = !is_read();
	if (reads_files && !is_read())
		return error_set(err, ST_ERROR, "libfcgi does not read");
	if (names[name_slot(request_param_name(PARAM_URI))].name.p == NULL)
		names_fill();
	return ST_OK;
}

/* Of several the last counts; but a list goes on in the next line. */
static void
param_set(struct request *req, enum request_param param, struct str value)
{
	if (param == PARAM_X_FORWARDED_FOR)
		value = client_forwarded(req->arena, req->param[param], value);
	req->param[param] = value;
}

/* Keeps the parameter if it is one that weir reads. */
static void
param_take(struct request *req, struct str name, struct str value)
{
	size_t i = name.n == 0 ? 0 : name_slot(name);

	for (; name.n > 0 && names[i].name.p != NULL;
	     i = (i + 1) % NAME_SLOTS) {
		if (!str_eq(names[i].name, name))
			continue;
		param_set(req, names[i].param, arena_dup(req->arena, value));
		return;
	}
}

static void
params_take(struct request *req, char **envp)
{
	for (char **at = envp; *at != NULL; at++) {
		struct str pair = str_of(*at);
		size_t eq = str_find(pair, '=');

		param_take(req, str_make(pair.p, eq), str_skip(pair, eq + 1));
	}
}

enum status
fcgi_read(
    const struct record_scan *scan, const char *bytes, struct request *req)
{
	char *head = arena_alloc(req->arena, record_params_room(scan));
	size_t n = record_params(scan, bytes, head);
	FCGX_Request fcgx;
	bool read = fcgx_read(&fcgx, str_make(head, n));

	if (read)
		params_take(req, fcgx.envp);
	FCGX_Free(&fcgx, 0);
	return read ? ST_OK : ST_ERROR;
}
