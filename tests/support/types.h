/*
 * Service types that only tests have, in place of the program's: "fake" opens
 * as its config says and counts what is done to it.
 */
#ifndef WEIR_TEST_TYPES_H
#define WEIR_TEST_TYPES_H

#include <stdbool.h>

/* How many instances of "fake" are open, and how often one was opened. */
int fake_open(void);
int fake_opened(void);

/* The config with which one was opened last, cut off at 255 bytes. */
const char *fake_config(void);

/* From now on opening fails with this text; NULL: it works. As a mistake of the
 * record, or because what it stands on is away. */
void fake_fail(const char *why);
void fake_away(const char *why);

/* The next question whether an instance changed is answered yes, once. */
void fake_change(void);
/* So is it that others wrote to it. */
void fake_outdate(void);

/* The same, but what the instance stands on is gone. */
void fake_vanish(void);

/* From now on opening waits; false: it goes on. */
void fake_block(bool block);

/* Forgets counts and failures. */
void fake_reset(void);

#endif
