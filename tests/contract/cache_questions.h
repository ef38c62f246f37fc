/*
 * What every cache driver must keep, one question a test, by subject. The
 * state of a question is a struct fixture that is open; it starts empty.
 */
#ifndef WEIR_TESTS_CACHE_QUESTIONS_H
#define WEIR_TESTS_CACHE_QUESTIONS_H

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
extern const struct question counter_questions[];
extern const struct question sharing_questions[];
extern const struct question bound_questions[];
extern const struct question death_questions[];

#endif
