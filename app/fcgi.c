#include "app/fcgi.h"

#include <fcgiapp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/fcgi_record.h"
#include "middleware/client.h"
#include "middleware/request.h"

/* Slots of the name table: a power of two well above PARAM_COUNT. */
#define NAME_SLOTS 128u

struct fcgi {
	FCGX_Request fcgx;
	int feed; /* a file in memory, see fcgi_read_params(); -1: none yet */
};

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

enum status
fcgi_init(struct error *err)
{
	if (FCGX_Init() != 0)
		return error_set(err, ST_ERROR, "libfcgi does not start");
	if (names[name_slot(request_param_name(PARAM_URI))].name.p == NULL)
		names_fill();
	return ST_OK;
}

struct fcgi *
fcgi_new(void)
{
	struct fcgi *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	(void)FCGX_InitRequest(&f->fcgx, -1, 0);
	f->feed = -1;
	return f;
}

void
fcgi_free(struct fcgi *f)
{
	if (f == NULL)
		return;
	if (f->feed >= 0)
		(void)close(f->feed);
	free(f);
}

/* The connection is the front's: libfcgi must not close it. */
static void
fcgx_free(struct fcgi *f)
{
	FCGX_Free(&f->fcgx, 0);
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

/* *fd is -1 afterwards if libfcgi has closed it. */
static enum status
params_read(struct fcgi *f, int *fd, struct request *req)
{
	int accepted;

	/* libraries.md: without keepConnection, Accept_r closes our socket. */
	(void)FCGX_InitRequest(&f->fcgx, -1, 0);
	f->fcgx.ipcFd = *fd;
	f->fcgx.keepConnection = 1;
	accepted = FCGX_Accept_r(&f->fcgx);
	if (f->fcgx.ipcFd != *fd)
		*fd = -1;
	if (accepted != 0 || *fd < 0 || FCGX_GetError(f->fcgx.in) != 0)
		return ST_ERROR;
	for (char **at = f->fcgx.envp; *at != NULL; at++) {
		struct str pair = str_of(*at);
		size_t eq = str_find(pair, '=');

		param_take(req, str_make(pair.p, eq), str_skip(pair, eq + 1));
	}
	return ST_OK;
}

static enum status
body_read(struct fcgi *f, size_t body_bytes, struct request *req)
{
	char *body = arena_alloc(req->arena, body_bytes + 1);
	char end;

	if (body_bytes > 0 &&
	    FCGX_GetStr(body, (int)body_bytes, f->fcgx.in) != (int)body_bytes)
		return ST_ERROR;
	/* Reads the empty STDIN record, or the next request would begin with
	 * it. */
	if (FCGX_GetStr(&end, 1, f->fcgx.in) != 0 ||
	    FCGX_GetError(f->fcgx.in) != 0)
		return ST_ERROR;
	req->body = str_make(body, body_bytes);
	return ST_OK;
}

enum status
fcgi_read(struct fcgi *f, int *fd, size_t body_bytes, struct request *req)
{
	enum status st = params_read(f, fd, req);

	if (st == ST_OK)
		st = body_read(f, body_bytes, req);
	fcgx_free(f);
	return st;
}

/* The file holds bytes[0..n) and is read from its start. */
static bool
feed_fill(int *feed, const char *bytes, size_t n)
{
	if (*feed < 0)
		*feed = memfd_create("weir-params", MFD_CLOEXEC);
	return *feed >= 0 && ftruncate(*feed, 0) == 0 &&
	       pwrite(*feed, bytes, n, 0) == (ssize_t)n &&
	       lseek(*feed, 0, SEEK_SET) == 0;
}

/*
 * A file and not a socket: it takes any number of bytes, and what libfcgi
 * leaves unread is gone before the next request.
 */
enum status
fcgi_read_params(struct fcgi *f, const struct record_scan *scan,
    const char *bytes, struct request *req)
{
	char *head = arena_alloc(req->arena, record_params_room(scan));
	size_t n = record_params(scan, bytes, head);
	enum status st;

	if (!feed_fill(&f->feed, head, n))
		return ST_ERROR;
	st = params_read(f, &f->feed, req);
	fcgx_free(f);
	return st;
}
