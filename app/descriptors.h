/*
 * The limit of open files: every connection is a descriptor.
 */
#ifndef WEIR_DESCRIPTORS_H
#define WEIR_DESCRIPTORS_H

struct settings;

/* Takes as many as the process may have. */
void descriptors_raise(void);

/* Warns in the log when they are fewer than MAX_CONNECTIONS may take. */
void descriptors_check(const struct settings *settings);

#endif
