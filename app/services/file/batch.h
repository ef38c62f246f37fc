/* Resources of a folder that a body of JSON names: made, copied, moved or
 * deleted, one after the other. */
#ifndef WEIR_SERVICES_FILE_BATCH_H
#define WEIR_SERVICES_FILE_BATCH_H

struct file_call;

/* Worker only: makes the response. Without a body, the folder of the path is
 * made. */
void batch_handle(struct file_call *c);

#endif
