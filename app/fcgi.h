/*
 * libfcgi, and nothing else of weir: it parses the parameters of a request
 * whose bytes fcgi_record.h has found in order. It never sees a connection, as
 * it reads blocking and has no deadlines: its own layer for the operating
 * system (fcgios.h) is given those bytes instead.
 */
#ifndef WEIR_FCGI_H
#define WEIR_FCGI_H

#include <stddef.h>

#include "app/base/status.h"

struct record_scan;
struct request;

/* Once per process, before threads. ST_ERROR: this libfcgi reads nothing. */
enum status fcgi_init(struct error *err);

/*
 * Reads the parameters of a request that record_scan() has seen in bytes, as
 * far as their end. Fills req->param, in the request's arena. ST_ERROR: libfcgi
 * refuses them.
 */
enum status fcgi_read(
    const struct record_scan *scan, const char *bytes, struct request *req);

#endif
