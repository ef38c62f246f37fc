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

        A list of (when the answer came, answer).
        """
        answers = []
        begin = threading.Barrier(PROCESSES * CLIENTS)

        def run(port):
            mine = []
            with Caller(port, key) as caller:
                begin.wait()
                for _ in range(calls or 1000000):
                    if until is not None and time.monotonic() >= until:
                        break
                    answer = caller.get(path)
                    mine.append((time.monotonic(), answer))
            answers.extend(mine)

        threads = [threading.Thread(target=run, args=[port])
                   for port in CLIENTS * self.nginx.ports]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(answers, key=lambda pair: pair[0])
