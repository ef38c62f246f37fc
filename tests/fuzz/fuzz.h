/*
 * A fuzz target is one function over any bytes, which aborts when a property
 * does not hold. With --enable-fuzz libFuzzer calls it; otherwise replay.c
 * does, with every file of its corpus, as a part of `make check`.
 */
#ifndef WEIR_TESTS_FUZZ_H
#define WEIR_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, naming the property, unless it holds. */
#define HOLDS(property) fuzz_holds((property), #property, __FILE__, __LINE__)

void fuzz_holds(bool holds, const char *property, const char *file, int line);

#endif
