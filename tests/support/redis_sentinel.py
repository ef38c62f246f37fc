"""A Redis master with its replica, and the three sentinels that watch them."""

import time

from support.nginx import free_port
from support.process import wait_until
from support.redis import Redis

NAME = "mymaster"
SENTINELS = 3


class Configured(Redis):
    """One that keeps its settings in a file, which it may rewrite."""

    def __init__(self, lines, *options):
        self.lines = lines
        super().__init__(*options)

    def argv(self):
        return ["redis-server", self.path("conf")]

    def start(self):
        if self.lines:
            with open(self.path("conf"), "w", encoding="ascii") as out:
                out.write(f"port {self.port}\nbind 127.0.0.1\n"
                          f"dir {self.folder}\nsave \"\"\n"
                          .replace("save \"\"\n", "")
                          + self.lines)
            self.lines = None
        super().start()
