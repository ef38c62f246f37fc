/*
 * What every cache driver must keep, one question a test, by subject. The
 * state of a question is a struct fixture that is open; it starts empty.
 */
#ifndef WEIR_TESTS_CACHE_QUESTIONS_H
#define WEIR_TESTS_CACHE_QUESTIONS_H

#include <stdbool.h>

struct place_kind;

struct question {
	const char *name;
	void (*ask)(void **state);
	/* Of which kinds of places; NULL: of all. */
	bool (*concerns)(const struct place_kind *kind);
};

#define QUESTION(f)                                                            \
	{                                                                      \
#f, f, NULL                                                    \
	}
#define QUESTION_OF(concerns, f)                                               \
	{                                                                      \
#f, f, concerns                                                \
	}
#define QUESTIONS_END                                                          \
	{                                                                      \
		NULL, NULL, NULL                                               \
	}

/* Lists end with a row without a name. */
extern const struct question value_questions[];
extern const struct question key_questions[];
extern const struct question expiry_questions[];
extern const struct question batch_questions[];
extern const struct question space_questions[];
extern const struct question list_questions[];
extern const struct question counter_questions[];
extern const struct question group_questions[];
extern const struct question algorithm_questions[];
extern const struct question sharing_questions[];
extern const struct question bound_questions[];
extern const struct question death_questions[];
extern const struct question health_questions[];
extern const struct question server_questions[];
extern const struct question answer_questions[];
extern const struct question loop_questions[];

#endif
