/* Time as a thread lives it, for tests on a busy machine. */
#ifndef WEIR_TEST_STOPWATCH_H
#define WEIR_TEST_STOPWATCH_H

#include <stdint.h>

/*
 * Milliseconds that pass for the calling thread: without those in which it
 * wanted to run and got no processor, as far as the system tells. Two readings
 * in a row may differ by -1.
 */
int64_t stopwatch_ms(void);

#endif
