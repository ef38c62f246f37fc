"""A real memcached server."""

import os

from support.daemon import Daemon

AS_ROOT = ["-u", "root"] if os.geteuid() == 0 else []


class Memcached(Daemon):
    """`options` are more words for memcached's command line."""

    name = "memcached"

    def argv(self):
        return ["memcached", "-l", "127.0.0.1", "-p", str(self.port),
                *AS_ROOT]
