/*
 * Answers that the web server makes of a file itself, since it can read it,
 * too: weir judges the request and names the file. nginx calls the header
 * X-Accel-Redirect, Apache (mod_xsendfile) and lighttpd X-Sendfile.
 */
#ifndef WEIR_HANDOFF_H
#define WEIR_HANDOFF_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct request;

/* By the members `sendfile` and `sendfile_prefix` of a service's config. */
struct handoff {
	const char *header; /* NULL: none, weir sends files itself */
	struct str prefix;  /* ends in a slash; lives as long as the service */
};

/* The choices of `sendfile`, as config_field.choices has them. */
#define HANDOFF_CHOICES "|x-accel-redirect|x-sendfile"

/*
 * Reads the two members. prefix: of x-accel-redirect the path of an internal
 * location, "/weir-files/"; of x-sendfile the folder itself, as the web server
 * finds it. A slash is added where none ends it, in the arena. ST_INVALID: it
 * is missing, does not begin with a slash, or holds what no path may; err names
 * the member.
 */
struct arena;
enum status handoff_read(struct arena *arena, struct str sendfile,
    struct str prefix, struct handoff *out, struct error *err);

/*
 * May this request be answered so? There is a header, it is a GET or HEAD, and
 * it has no condition that the web server would judge by another tag than
 * weir's (If-Match, If-Unmodified-Since, If-Range).
 */
bool handoff_fits(const struct handoff *h, const struct request *req);

/*
 * Makes the response: 200 without a body, whose header names prefix and path.
 * path: below the root of the service, without a slash in front, as its bytes
 * are; it is percent-encoded, which all three servers undo. The type of the
 * response, its tag and its date are as for the file itself; when the client
 * has it already, the answer is a 304 and nothing is handed off.
 */
void handoff_answer(
    struct request *req, const struct handoff *h, struct str path);

#endif
