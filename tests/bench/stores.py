"""The servers of stores, and webdis beside weir on the same Redis."""

import json
import os
import shutil
import socket

from proc import Proc, wait_until


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def answers(port):
    with socket.socket() as sock:
        sock.settimeout(1)
        return sock.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A program that listens on a port of loopback."""

    def __init__(self, name, folder, argv, port):
        self.port = port
        self.proc = Proc(argv, os.path.join(folder, f"{name}.log"))
        wait_until(lambda: self.proc.check() or answers(port), 10, name)

    @property
    def pid(self):
        return self.proc.pid

    def stop(self):
        self.proc.stop()


def redis(folder):
    port = free_port()
    return Server("redis", folder, [
        "redis-server", "--port", str(port), "--bind", "127.0.0.1",
        "--save", "", "--dir", folder, "--maxmemory", "256mb",
        "--maxmemory-policy", "allkeys-lru"], port)


def memcached(folder):
    port = free_port()
    user = ["-u", "root"] if os.getuid() == 0 else []
    return Server("memcached", folder, [
        "memcached", "-l", "127.0.0.1", "-p", str(port), "-m", "256",
        *user], port)


def webdis(folder, redis_port):
    port = free_port()
    path = os.path.join(folder, "webdis.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({
            "redis_host": "127.0.0.1", "redis_port": redis_port,
            "redis_auth": None, "http_host": "127.0.0.1", "http_port": port,
            "threads": 2, "pool_size": 8, "daemonize": False,
            "websockets": False, "database": 0, "verbosity": 2,
            "logfile": os.path.join(folder, "webdis.out")}, file)
    return Server("webdis", folder, ["webdis", path], port)


# What serves each store of weir, by the name of its driver: the settings that
# lead there, and the one of the limits, which stay on local where the design
# says so.
SETTINGS = {
    "local": "CACHE_DRIVER=local\n",
    "redis": "CACHE_DRIVER=redis\nREDIS_HOST=127.0.0.1\n"
             "REDIS_PORT={redis}\n",
    "memcached": "CACHE_DRIVER=memcached\nMEMCACHED_HOST=127.0.0.1\n"
                 "MEMCACHED_PORT={memcached}\nLIMIT_CACHE_DRIVER=local\n",
    "file": "CACHE_DRIVER=file\nLIMIT_CACHE_DRIVER=local\n",
    "database": "CACHE_DRIVER=database\nLIMIT_CACHE_DRIVER=local\n",
}

PROGRAMS = {"redis": "redis-server", "memcached": "memcached",
            "webdis": "webdis"}


def missing(name):
    """Why there can be no rows for it, or None."""
    program = PROGRAMS.get(name)
    if program and not shutil.which(program):
        return f"there is no {program} (apt install {program})"
    return None
