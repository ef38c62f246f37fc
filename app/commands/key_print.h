/* Keys as `weir key` shows them. */
#ifndef WEIR_COMMANDS_KEY_PRINT_H
#define WEIR_COMMANDS_KEY_PRINT_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct command_call;
struct key_order;
struct key_record;

/* A new key, in clear: alone on standard output, or with --json an object. */
void key_added_print(
    const struct command_call *call, const struct key_order *order);

/* The same, and that the n keys before it end at until_ms. */
void key_rotated_print(const struct command_call *call,
    const struct key_order *order, int64_t n, int64_t until_ms);

/* A table, and an array. */
void keys_print(struct arena *arena, const struct key_record *keys, size_t n,
    int64_t now_ms);
void keys_print_json(struct arena *arena, const struct key_record *keys,
    size_t n, int64_t now_ms);

#endif
