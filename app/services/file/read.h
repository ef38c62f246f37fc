/* What is asked of one file or folder: its content, or what is known of it. */
#ifndef WEIR_SERVICES_FILE_READ_H
#define WEIR_SERVICES_FILE_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/str.h"

struct buf;
struct file_call;
struct file_info;

struct read_wish {
	bool properties; /* JSON of them, instead of the content */
	bool content;    /* and the content in it */
	bool bare;       /* as text, not in Base64 */
	bool download;
};

void read_wish_take(const struct file_call *c, struct read_wish *out);

/* The tag of a file's content, by what the system says of the file. */
void read_tag(const struct file_info *info, uint8_t out[DIGEST_BYTES]);

/* "last_modified" and, of a file, "content_type" and "content_length". */
void read_put_known(
    struct buf *b, struct str path, const struct file_info *info);

/* Worker only: makes the response. */
void read_file(struct file_call *c, const struct read_wish *wish);
void read_folder(struct file_call *c);

#endif
