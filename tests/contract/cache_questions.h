/*
 * What every cache driver must keep, one question a test, by subject. The
 * state of a question is a struct fixture that is open; it starts empty.
 */
#ifndef WEIR_TESTS_CACHE_QUESTIONS_H
#define WEIR_TESTS_CACHE_QUESTIONS_H

#include <stddef.h>

struct question {
	const char *name;
	void (*ask)(void **state);
};

#define QUESTION(f)                                                            \
	{                                                                      \
#f, f                                                          \
	}

/* Lists end with a row without a name. */
extern const struct question value_questions[];

#endif
