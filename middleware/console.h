/*
 * The console: an application for browsers that administers weir through its
 * API. Its files (app/console) stand in the program, and everybody may have
 * them: they hold nothing of anybody's.
 */
#ifndef WEIR_CONSOLE_H
#define WEIR_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

struct request;

struct console_file {
	const char *name; /* as in app/console: "pages/users.js" */
	const char *etag; /* with its quotes */
	const unsigned char *bytes;
	size_t n;
};

/* Made by app/console/embed; name NULL ends the list. */
extern const struct console_file console_files[];

/* Is the path, as sent, /console or beneath it? */
bool console_holds(struct str path);

/*
 * Makes the response: the file, 304 to who has it, 404 without such a file or
 * with CONSOLE=false. The method is GET or HEAD.
 */
void console_answer(struct request *req);

#endif
