/* A temporary folder of a test. */
#ifndef WEIR_TEST_FOLDER_H
#define WEIR_TEST_FOLDER_H

#define FOLDER_PATH_BYTES 64

/* Makes it; asserts that it could. path: FOLDER_PATH_BYTES. */
void folder_make(char *path);

/* Removes it with all that it holds. */
void folder_remove(const char *path);

#endif
