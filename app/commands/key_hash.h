/* `weir key hash`: a key for the environment file. */
#ifndef WEIR_COMMANDS_KEY_HASH_H
#define WEIR_COMMANDS_KEY_HASH_H

struct command_call;

int key_hash(struct command_call *call);

#endif
