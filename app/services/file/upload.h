/* Contents of files that are sent as the body of a call, or in parts of it. */
#ifndef WEIR_SERVICES_FILE_UPLOAD_H
#define WEIR_SERVICES_FILE_UPLOAD_H

#include <stdbool.h>

struct file_call;
struct request;

/* Is the body of a write a content? Else it is a list of resources in JSON, or
 * none. */
bool upload_is(const struct request *req, bool is_folder);

/* Does that write go to one path: that of the call, or one in its folder that a
 * header names? */
bool upload_is_one(const struct request *req, bool is_folder);

/* Worker only: makes the response. */
void upload_handle(struct file_call *c);

#endif
