/*
 * In what an answer goes out: JSON, CSV or XML (dreamfactory.md 1.6). Services
 * make JSON; what asks for another format has it converted.
 */
#ifndef WEIR_FORMAT_H
#define WEIR_FORMAT_H

#include <stdbool.h>

#include "app/base/str.h"

struct request;

enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_XML };

/* What a request asks for; its texts live as long as it does. */
struct format_choice {
	bool made;
	enum format format;
	const char *fault; /* for the client: why none can be chosen, or NULL */
	struct str
	    file; /* the answer is to be saved by that name; or STR_NULL */
};

/*
 * The request's choice, made when it is first asked for: `file` before
 * `accept` before Accept, and JSON without any. JSON, too, when there is a
 * fault.
 */
const struct format_choice *format_of(struct request *req);

/* Does its service say of a routed request that the answer, where it is no
 * error, goes out as it is, whatever format is asked for? */
bool format_is_verbatim(const struct request *req);

/* "csv", for the name of a cached answer. */
struct str format_name(enum format format);

/* The Content-Type. */
struct str format_type(enum format format);

/* Is the response JSON that is to go out as something else? */
bool format_converts(struct request *req);

/* Converts the whole response, if it is to be. */
void format_apply(struct request *req);

/* Adds Content-Disposition, if the answer is to be saved. */
void format_name_file(struct request *req);

#endif
