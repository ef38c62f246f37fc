"""Many clients at once, over all processes of an installation."""

import threading
import time

from support.http import Caller
from support.nginx import Nginx

PROCESSES, CLIENTS = 4, 8  # of each process


class Crowd:
    """Four processes behind one nginx."""

    def __init__(self, installation, **settings):
        self.servers = [installation.serve(f"crowd{n}", **settings)
                        for n in range(PROCESSES)]
        self.nginx = Nginx(installation.path("nginx-crowd"), [
            (server.address, CLIENTS) for server in self.servers])
        self.callers = [Caller(port) for port in self.nginx.ports]

    def stop(self):
        for caller in self.callers:
            caller.close()
        self.nginx.stop()
        for server in self.servers:
            server.stop()

    def hammer(self, path, key, calls=None, until=None):
        """Calls by all clients together, or until time.monotonic() is that.

        A list of (when the answer came, answer), and answer.sent is when it
        was asked for; with a list of keys, which each client uses in turn, a
        list of that for each.
        """
        keys = [key] if isinstance(key, str) else key
        answers = [[] for _ in keys]
        self.run_all(path, keys, calls, until, answers)
        for found in answers:
            found.sort(key=lambda pair: pair[0])
        return answers[0] if isinstance(key, str) else answers

    def run_all(self, path, keys, calls, until, answers):
        """Adds what comes to answers, a list for each key."""
        begin = threading.Barrier(PROCESSES * CLIENTS)

        def run(port):
            mine = []
            with Caller(port) as caller:
                begin.wait()
                for n in range(calls * len(keys) if calls else 1000000):
                    if until is not None and time.monotonic() >= until:
                        break
                    sent = time.monotonic()
                    answer = caller.get(path, key=keys[n % len(keys)])
                    answer.sent = sent
                    mine.append((time.monotonic(), answer))
            for n, found in enumerate(answers):
                found.extend(mine[n::len(keys)])

        threads = [threading.Thread(target=run, args=[port])
                   for port in CLIENTS * self.nginx.ports]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
