/*
 * How many threads may be busy with passwords at once: half of the workers, so
 * that whoever logs in leaves the others to those who read. A quarter of them
 * may wait for their turn; who comes then is turned away at once.
 */
#ifndef WEIR_BASE_PASSWORD_GATE_H
#define WEIR_BASE_PASSWORD_GATE_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct password_gate;

struct password_gate *password_gate_new(size_t workers);
void password_gate_free(struct password_gate *gate);

/*
 * ST_OK is followed by password_gate_leave(). ST_FULL when too many wait,
 * ST_TIMEOUT past the deadline (clock_boot_ms()): both are a 503 that asks to
 * come again in a second.
 */
enum status password_gate_enter(
    struct password_gate *gate, int64_t deadline_ms, struct error *err);
void password_gate_leave(struct password_gate *gate);

#endif
