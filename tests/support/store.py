"""The five stores, as an installation's settings lead to them.

Each has `driver`, `settings`, and, where a server is behind it, `server`
(support/daemon.py), which can be killed, paused and brought back.
"""

import os

from support.memcached import Memcached
from support.redis import Redis

STORES = ("local", "redis", "memcached", "file", "database")
SERVED = ("redis", "memcached")


class Store:
    def __init__(self, driver):
        self.driver = driver
        self.server = None
        self.settings = {"CACHE_DRIVER": driver}
        if driver == "redis":
            self.server = Redis()
            self.settings |= {"REDIS_HOST": "127.0.0.1",
                              "REDIS_PORT": str(self.server.port)}
        elif driver == "memcached":
            self.server = Memcached()
            self.settings |= {"MEMCACHED_HOST": "127.0.0.1",
                              "MEMCACHED_PORT": str(self.server.port)}

    def service(self, folder):
        """Type and config of a cache service with a connection of its own."""
        config = {
            "redis": {"database_index": 1},
            "memcached": {},
            "file": {"path": os.path.join(folder, "own-files")},
            "database": {"database": os.path.join(folder, "own.sqlite")},
            "local": {},
        }[self.driver]
        if self.server:
            config |= {"host": "127.0.0.1", "port": self.server.port}
        return "cache_" + self.driver, config

    def stop(self):
        if self.server:
            self.server.stop()
