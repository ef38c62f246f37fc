/* The parts that all documents share: parameters, answers, headers, schemas.
 * An operation names them, and those that are named are written at the end. */
#ifndef WEIR_SERVICES_DOCS_SHARED_H
#define WEIR_SERVICES_DOCS_SHARED_H

#include "app/base/buf.h"
#include "app/base/str.h"

struct doc;
struct doc_operation;

/* {"$ref":...} to the parameter of that name in parameters.c. */
void doc_parameter(struct doc *d, struct buf *out, struct str name);

/* The same of a shared schema. */
void doc_shared(struct doc *d, struct buf *out, struct str name);

/* "responses":{...} */
void doc_answers(
    struct doc *d, struct buf *out, const struct doc_operation *operation);

/* Members of "components", each with its comma before it. */
void doc_parameters_put(struct doc *d, struct buf *out);
void doc_answers_put(struct doc *d, struct buf *out);
void doc_shared_put(struct doc *d, struct buf *out);
void doc_security_put(struct doc *d, struct buf *out);

#endif
