/*
 * libfcgi, and nothing else of weir: it parses the parameters and the body of
 * a request whose bytes fcgi_record.h has found in order. What it writes on a
 * connection is written by answer.h, since libfcgi has no deadlines.
 */
#ifndef WEIR_FCGI_H
#define WEIR_FCGI_H

#include <stddef.h>

#include "app/base/status.h"

struct fcgi;
struct record_scan;
struct request;

/* Once per process, before threads. */
enum status fcgi_init(struct error *err);

/* A thread needs one. What libfcgi allocates for a request is given back as
 * soon as it has been read. */
struct fcgi *fcgi_new(void);
void fcgi_free(struct fcgi *f);

/*
 * Reads one whole request of body_bytes from the socket, which holds all of it
 * and nothing more; its empty records have no padding. Fills req->param and
 * req->body, in the request's arena. ST_ERROR: the connection cannot be used
 * any more; *fd is -1 when libfcgi has closed it already.
 */
enum status fcgi_read(
    struct fcgi *f, int *fd, size_t body_bytes, struct request *req);

/* Reads the parameters of a request whose bytes were taken off the socket
 * before. */
enum status fcgi_read_params(struct fcgi *f, const struct record_scan *scan,
    const char *bytes, struct request *req);

#endif
