"""Load from wrk: one run, and what it saw."""

import json
import os
import subprocess

SCRIPT = os.path.join(os.path.dirname(__file__), "load.lua")
THREADS = 2


class Load:
    """wrk against one port with the requests of one file."""

    def __init__(self, port, requests, key, clients):
        self.argv = ["wrk", f"-t{THREADS}", f"-c{clients}", "-s", SCRIPT,
                     "--timeout", "10s"]
        self.rest = [f"http://127.0.0.1:{port}", "--", requests, key]

    def start(self, seconds):
        return subprocess.Popen(
            [*self.argv, f"-d{seconds}s", *self.rest], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)

    def run(self, seconds):
        """A dict: requests, seconds, p50_ms, p99_ms, refused, broken."""
        return self.finish(self.start(seconds), seconds)

    @staticmethod
    def finish(child, seconds):
        out = child.communicate(timeout=seconds + 30)[0]
        for line in out.splitlines():
            if line.startswith("RESULT "):
                return json.loads(line[len("RESULT "):])
        raise RuntimeError(f"wrk failed:\n{out}")
