/*
 * hello_threads SOCKET THREADS: the ordinary program on libfcgi, one blocking
 * thread for each kept connection. Its requests per second are x = 1.00.
 */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "tests/bench/responder.h"

static void *
hello_thread(void *arg)
{
	const int *listener = arg;
	FCGX_Request r;

	FCGX_InitRequest(&r, *listener, 0);
	while (FCGX_Accept_r(&r) >= 0) {
		responder_drain(&r);
		(void)FCGX_PutS(
		    "Content-Type: application/json\r\n\r\n", r.out);
		(void)FCGX_PutS(responder_hello, r.out);
		FCGX_Finish_r(&r);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	int listener;

	if (argc != 3)
		errx(2, "usage: hello_threads SOCKET THREADS");
	if (FCGX_Init() != 0)
		errx(1, "FCGX_Init failed");
	(void)signal(SIGTERM, SIG_DFL); /* FCGX_Init took it */
	listener = responder_listen(argv[1]);
	for (int i = 1; i < atoi(argv[2]); i++)
		if (pthread_create(&thread, NULL, hello_thread, &listener) != 0)
			errx(1, "pthread_create failed");
	(void)hello_thread(&listener);
	return 0;
}
