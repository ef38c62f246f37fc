/*
 * The store on disk: one file an entry below CACHE_PATH (file_store.h), shared
 * by all processes that name the folder. It outlives a restart of the system
 * and holds about CACHE_DISK bytes of values; counters and the folders
 * themselves come on top.
 *
 * Nothing waits for the disk. After a crash of the system a file may be torn,
 * which its head shows, or a deleted one may be back: so another boot is
 * another incarnation.
 *
 * Any file system will do that keeps what POSIX says of rename(), and locks of
 * ranges. On NFS (version 4) the files and their locks are shared by hosts, but
 * the state is not, so each host bounds the store by what itself has written
 * and counts the rest a minute or so later; a local file system is better.
 */
#ifndef WEIR_CACHE_FILE_H
#define WEIR_CACHE_FILE_H

#include "drivers/cache/cache.h"

extern const struct cache_driver file_driver;

#endif
