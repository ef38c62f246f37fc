/* Users in a system database of a test. */
#ifndef WEIR_TEST_USERS_H
#define WEIR_TEST_USERS_H

#include "middleware/registry/user_records.h"
#include "tests/support/system.h"

/* Hashes as other programs make them; of what does not matter here. */
#define HASH_A "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define HASH_B "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"

/* user_record_add() with what the fixture has. */
enum status user_try_add(
    struct system_fixture *fix, struct user_record *r, struct error *err);

/* The id of a new active user of that e-mail, whose hash is HASH_A. */
int64_t user_add(struct system_fixture *fix, const char *email);

/* The user of the id, who must be there; texts are the fixture's. */
struct user_record user_get(struct system_fixture *fix, int64_t id);

#endif
