/* One call on a file service: what it names. */
#ifndef WEIR_SERVICES_FILE_CALL_H
#define WEIR_SERVICES_FILE_CALL_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/file/path.h"

struct file_service;
struct request;

struct file_call {
	struct request *req;
	const struct file_service *service;
	struct str path;
	bool is_folder; /* the path ends in a slash, or is empty */
};

/*
 * Fills in the call, without I/O. ST_INVALID with err: the path can be none.
 * ST_DENIED: row filters of the role apply, which no file can satisfy.
 */
enum status file_call_open(
    struct file_call *c, struct request *req, struct error *err);

/* A path below a folder ("": the root) in the arena; ST_INVALID with err when
 * the name can be none, or the path is too long. */
enum status file_call_below(const struct file_call *c, struct str folder,
    struct str name, struct str *out, struct error *err);

/* May the role do that to a path of the service, whatever the call is? verbs:
 * enum method. */
bool file_call_allows(
    const struct file_call *c, struct str path, unsigned verbs);

/* The same, with the refusal: ST_DENIED and err. */
enum status file_call_check(const struct file_call *c, struct str path,
    unsigned verbs, struct error *err);

/* So many names are looked at between two questions for the time. */
#define FILE_CALL_STEPS 256

/* Is there still time, and somebody who waits? ST_TIMEOUT with err: no. */
enum status file_call_timely(const struct file_call *c, struct error *err);

#endif
