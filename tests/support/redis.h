/* Redis servers of tests: how they are started, and certificates for them. */
#ifndef WEIR_TEST_REDIS_H
#define WEIR_TEST_REDIS_H

#include <stddef.h>

/*
 * The words that start a server which saves nothing and keeps its files in
 * folder; port "0": it listens nowhere yet. Puts them into argv and returns how
 * many they are: more may follow, and NULL must. The words live as long as port
 * and folder.
 */
size_t redis_words(const char **argv, const char *port, const char *folder);

/*
 * Makes in folder: ca.pem, an authority; server.pem and server.key, which it
 * has signed for the names "localhost" and 127.0.0.1; stranger.pem, another
 * authority.
 */
void redis_certificates(const char *folder);

#endif
