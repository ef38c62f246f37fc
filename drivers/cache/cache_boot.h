/*
 * Which boot of the machine this is: what was written without waiting for the
 * disk holds within one boot only.
 */
#ifndef WEIR_CACHE_BOOT_H
#define WEIR_CACHE_BOOT_H

#include <stdbool.h>

#define CACHE_BOOT_BYTES 40
#define CACHE_BOOT_FILE  "/proc/sys/kernel/random/boot_id"

/* The kernel's name of it, filled up with zeros; false when it tells none. */
bool cache_boot_id(char id[CACHE_BOOT_BYTES]);

#endif
