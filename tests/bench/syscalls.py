#!/usr/bin/env python3
"""How many system calls a cached answer takes of weir, on each store.

usage: syscalls.py BUILD-FOLDER [STORE...]

Starts weir as the benchmark does and asks for one cached record HITS times,
first one call after the other, then CLIENTS at a time, while strace counts what
weir calls; what its clocks call meanwhile is less than a hundredth of that.
Prints a table: calls a hit, and how they are made up.
"""

import collections
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile

import stores
from weir import Weir

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import fcgi  # pylint: disable=wrong-import-position

HITS = 4000
CLIENTS = 16
WARM = 200  # calls before it is counted
PATH = "/api/v2/db/_table/item/7"
WORKERS = 4


class Strace:
    """Counts the calls of a process and its threads while it is entered."""

    def __init__(self, pid, folder):
        self.out = os.path.join(folder, "strace")
        self.argv = ["strace", "-f", "-c", "-U", "calls,name", "-o", self.out,
                     "-p", str(pid)]
        self.calls = collections.Counter()

    def __enter__(self):
        self.child = subprocess.Popen(
            self.argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        for line in self.child.stderr:
            if "attached" in line:
                break
        else:
            raise RuntimeError("strace cannot attach to weir")
        return self

    def __exit__(self, *error):
        self.child.send_signal(signal.SIGINT)
        self.child.communicate()
        with open(self.out, encoding="ascii") as table:
            for line in table:
                words = line.split()
                if len(words) == 2 and words[0].isdecimal():
                    self.calls[words[1]] += int(words[0])
        del self.calls["total"]


def ask(connections, request, times):
    """All at once, so often; each must be a hit."""
    for _ in range(times):
        for client in connections:
            client.send(request)
        for client in connections:
            answer = client.read_answer()
            if answer.status != 200:
                raise RuntimeError(f"no answer, but {answer}")
    if not answer.hit:
        raise RuntimeError(f"no hit, but {answer}")


def count(weir, clients):
    """A hit's, by their names."""
    request = fcgi.request(PATH, headers={"X-API-Key": weir.key})
    connections = [fcgi.Client(weir.socket) for _ in range(clients)]
    ask(connections, request, WARM // clients)
    with Strace(weir.pid, weir.folder) as strace:
        ask(connections, request, HITS // clients)
    for client in connections:
        client.close()
    found = {name: n / HITS for name, n in strace.calls.items()}
    return {name: n for name, n in found.items() if n >= 0.01}


def show(store, clients, calls):
    parts = ", ".join(f"{name} {n:.2f}" for name, n in sorted(
        calls.items(), key=lambda item: -item[1]))
    print(f"{store:<10} {clients:>3} at a time: "
          f"{sum(calls.values()):5.2f} a hit: {parts}", flush=True)


def measure(program, folder, store):
    servers = {name: getattr(stores, name)(folder) for name in (store,)
               if name in stores.PROGRAMS}
    ports = {name: server.port for name, server in servers.items()}
    database = os.path.join(folder, "db.sqlite")
    with sqlite3.connect(database) as db:
        db.executescript(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER);"
            "INSERT INTO item VALUES (7, 1);")
    weir = Weir(program, os.path.join(folder, "weir"), WORKERS,
                stores.SETTINGS[store].format(**ports))
    try:
        weir.set_up(database)
        weir.start()
        for clients in (1, CLIENTS):
            show(store, clients, count(weir, clients))
    finally:
        weir.stop()
        for server in servers.values():
            server.stop()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = os.path.join(os.path.abspath(sys.argv[1]), "weir")
    for store in sys.argv[2:] or stores.SETTINGS:
        why = stores.missing(store)
        if why:
            print(f"{store:<10} {why}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            measure(program, folder, store)


if __name__ == "__main__":
    main()
