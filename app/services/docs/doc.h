/*
 * An OpenAPI document being made: what the role of the caller may do with one
 * service or with all, written straight into buffers. A service type writes its
 * part with `describe` (service.h): for each path its operations, which appear
 * where the role allows them, and the schemas that they name.
 *
 * Texts of JSON are given as templates, to be readable in C:
 *
 *   'type'         "type": an apostrophe is a quote
 *   '~string'      "string" that may be null, as either version says so
 *   @Error         {"$ref":...} to a schema of schemas.c
 *   @.  @.list     the same to one of the subject at hand: doc_subject()
 *
 * What grows with the document is on the heap until document_close(), all else
 * in the request's arena.
 */
#ifndef WEIR_SERVICES_DOCS_DOC_H
#define WEIR_SERVICES_DOCS_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/str.h"

struct request;
struct service;

#define DOC_PARTS_MAX 128 /* rows of a table of shared parts */

/* Where a document ends, give or take what one table says of itself. */
#define DOC_BYTES_MAX (8u * 1024 * 1024)

/* Schemas of a subject, a bit each: those that are named are to be written. */
enum doc_schema {
	DOC_RECORD = 1u << 0, /* "": a record as it is read */
	DOC_LIST = 1u << 1,   /* "list" */
	DOC_FIELDS = 1u << 2, /* "fields": what may be written */
	DOC_NEW = 1u << 3,    /* "new": the same of a new record */
	DOC_CALL = 1u << 4    /* "call": parameters of a routine */
};

/* Which of the shared parts are named: they are written at the end. */
struct doc_used {
	bool named[DOC_PARTS_MAX];
	bool written[DOC_PARTS_MAX];
};

struct doc {
	struct request *req;
	const struct service *service; /* at hand */
	bool is_single;                /* of one service: paths are below it */
	bool is_old;                   /* OpenAPI 3.0, else 3.1 */
	bool is_compact;               /* without what only explains */
	struct str resource;           /* only what begins so; STR_NULL: all */
	struct str tables; /* only these, by commas; STR_NULL: all */

	struct buf paths;
	struct buf schemas;
	struct buf tags;
	struct doc_used parameters, answers, headers, shared;
	size_t n_operations;
	bool caches; /* a service that it is about keeps answers */

	/* at hand */
	struct str subject; /* a table or resource; "": the service itself */
	struct str suffix;  /* of operations alike: which; or "" */
	unsigned wanted;    /* of its schemas: enum doc_schema */
	bool subject_told;  /* its tag is written */
	bool service_told;  /* that of the service itself */
	struct buf path;
	bool path_open;
	struct buf own;        /* parameters of the path, with commas between */
	struct request *probe; /* to ask a type whom it lets in */
};

/* Bits of errors that an operation may answer besides those of all. */
enum doc_error {
	DOC_MISSING = 1u << 0,      /* 404 */
	DOC_CONFLICT = 1u << 1,     /* 409 */
	DOC_PRECONDITION = 1u << 2, /* 412 */
	DOC_UNSUPPORTED = 1u << 3,  /* 501 */
	DOC_TIMEOUT = 1u << 4,      /* 500 and 504: it asks a database */
	DOC_RANGE = 1u << 5,        /* 416 */
	DOC_FULL = 1u << 6          /* 507 */
};

struct doc_operation {
	unsigned method;        /* enum method */
	const char *name;       /* of its id: "list" */
	const char *summary;    /* "%" stands for the subject */
	const char *about;      /* or NULL */
	const char *parameters; /* names of parameters.c, blanks between */
	const char *body;       /* template of a schema; NULL: none */
	bool body_csv;          /* or the records of it as CSV */
	const char *answer;     /* template of a schema */
	int status;             /* of success; 0: 200 */
	int also;               /* another; 0: none */
	unsigned errors;        /* enum doc_error */
	bool needs_token;       /* it is about who shows one */
	bool has_rows;          /* row filters apply, else they deny it */
	bool is_cached;         /* its service may keep the answer */
	bool is_deprecated;
	bool is_optional; /* its body */
	bool body_file;   /* or its body is a file, be it in a form */
	bool is_file;     /* its answer is one; else what `answer` says */
	bool is_json;     /* never CSV or XML */
	bool is_once;     /* no-store: it has no ETag */
};

/* Must whoever describes something stop? Then the document is too long, or it
 * has failed before, and the response says so. */
bool doc_is_over(struct doc *d);

/* What follows is about the subject; name "": the service itself. */
void doc_subject(struct doc *d, struct str name);

/* What follows is at that path below the service: a template whose names in
 * braces are parameters that doc_own() gives. "" is the service itself. */
void doc_path(struct doc *d, struct str path);

/* A parameter in the path: the schema as a template. */
void doc_own(
    struct doc *d, const char *name, const char *schema, const char *about);

/* The same with the schema as JSON. */
void doc_own_json(
    struct doc *d, const char *name, struct str schema, const char *about);

/* The same, one of these texts. n: 1 or more. */
void doc_own_choice(struct doc *d, const char *name, const struct str *choices,
    size_t n, const char *about);

/* Forgets them, for the next operation. */
void doc_own_none(struct doc *d);

/* May the role do that on the component, or is it open to everybody? */
bool doc_may(const struct doc *d, struct str component, unsigned method);

/* The same, and row filters that would deny it have no say here. */
bool doc_allows(
    struct doc *d, struct str component, const struct doc_operation *operation);

/* An operation at the path, if the role may do it on the component, and the
 * document is not over. */
void doc_operation(
    struct doc *d, struct str component, const struct doc_operation *operation);

/* The same for a list of n. */
void doc_operations(struct doc *d, struct str component,
    const struct doc_operation *operations, size_t n);

/* Begins the schema of the subject with that suffix ("", "list"): what follows
 * goes to d->schemas as one JSON value. */
void doc_schema(struct doc *d, const char *suffix);

/* A text of JSON from a template. */
void doc_text(struct doc *d, struct buf *out, const char *template);

/* ,"description":... unless the document is compact. */
void doc_about(const struct doc *d, struct buf *out, const char *text);

/* The name of the subject's schema or operation of that suffix, as they are
 * told apart: "db.orders.list"; and {"$ref":...} to the schema. */
void doc_name(const struct doc *d, struct buf *out, struct str suffix);
void doc_reference(struct doc *d, struct buf *out, struct str suffix);

/* A name as a part of such a one, or as several of them where it has slashes.
 */
void doc_word(struct buf *out, struct str name);

/* A piece of a path, with all that cannot stand there as %XX. A slash is one,
 * unless `slashes`. */
void doc_piece(struct buf *out, struct str text, bool slashes);

/*
 * A place that rows of the role speak of below a prefix ("_table/orders/"): the
 * path of it, where what a star stands for is "{name}", and the component.
 */
struct doc_place {
	struct str path;
	struct str component;
	bool is_open; /* it has the parameter */
};

/* Those, each once: what any component has comes first. *n of them. */
struct doc_place *doc_places(
    struct doc *d, struct str prefix, const char *name, size_t *n);

#endif
