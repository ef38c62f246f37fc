/*
 * libfcgi, and nothing else of weir: it parses the parameters and the body of
 * a request whose bytes record.h has found in order. What it writes on a
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

struct fcgi *fcgi_new(void);
void fcgi_free(struct fcgi *f);

/*
 * Reads one whole request of body_bytes from the socket, which holds all of it
 * and nothing more, no padding at its end either. Fills req->param and
 * req->body; they live until fcgi_release(). ST_ERROR: the connection cannot
 * be used any more; *fd is -1 when libfcgi has closed it already.
 */
enum status fcgi_read(
    struct fcgi *f, int *fd, size_t body_bytes, struct request *req);

/*
 * Reads the parameters of a request whose bytes were taken off the socket
 * before. *feed is a file in memory that this thread keeps for such requests,
 * -1 to have it made; it is the caller's to close.
 */
enum status fcgi_read_params(struct fcgi *f, int *feed,
    const struct record_scan *scan, const char *bytes, struct request *req);

/* Ends what fcgi_read handed out. */
void fcgi_release(struct fcgi *f);

#endif
