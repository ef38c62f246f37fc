"""A real Redis server on a folder of its own."""

import subprocess

from support.daemon import Daemon


class Redis(Daemon):
    """`options` are more words for redis-server's command line."""

    name = "redis"

    def argv(self):
        return ["redis-server", "--port", str(self.port),
                "--bind", "127.0.0.1", "--dir", self.folder, "--save", ""]

    def cli(self, *words, timeout=30):
        """What redis-cli prints for one command, without its last newline."""
        done = subprocess.run(
            ["redis-cli", "-p", str(self.port), *words], text=True,
            capture_output=True, timeout=timeout, check=True)
        return done.stdout.rstrip("\n")
