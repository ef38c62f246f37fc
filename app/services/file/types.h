/* The service types that are trees of files. */
#ifndef WEIR_SERVICES_FILE_TYPES_H
#define WEIR_SERVICES_FILE_TYPES_H

struct service_type;

extern const struct service_type service_local_file;

#endif
