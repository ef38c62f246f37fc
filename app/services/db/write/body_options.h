/* The options of a call, wherever they stand (dreamfactory.md 1.3). */
#ifndef WEIR_SERVICES_DB_BODY_OPTIONS_H
#define WEIR_SERVICES_DB_BODY_OPTIONS_H

#include "app/base/jsonread.h"
#include "app/base/uri.h"

struct request;

/* Views of the request, or in its arena. */
struct options {
	/* those of the URL and, behind them (so that the URL wins), the
	 * members of a body that is an object, without "resource"; a list
	 * there has become "a,b" */
	struct params params;
	size_t n_url;        /* of them, the URL's */
	struct str ids_sent; /* ids= of the URL, not decoded, or STR_NULL */
	struct json ids;     /* the body's, or JSON_NONE */
};

/* body: JSON_NONE when it holds no options. */
struct options options_of(const struct request *req, struct json body);

#endif
