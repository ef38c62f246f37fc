"""What systemd is to weir.socket and weir.service: it holds the socket, and
starts the program on it, ends it, and starts it anew."""

import itertools
import os
import shutil
import signal
import socket
import time

from support import weir
from support.manager import Manager
from support.web_server import account
from support.weir import Server, environment

BACKLOG = 4096  # as in weir.socket
ON_DESCRIPTOR_3 = ('exec 3<&0 0</dev/null; '
                   'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"')
NUMBERS = itertools.count()


def listener_at(address):
    """address: a path, or a (host, port) pair."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    if isinstance(address, str):
        os.chmod(address, 0o666)
    listener.listen(BACKLOG)
    return listener


class Unit:
    """On one socket, one process or several."""

    def __init__(self, host, address, processes=1):
        self.host = host
        self.address = address
        self.listener = listener_at(address)
        self.manager = Manager(f"@weir-unit-{os.getpid()}-{next(NUMBERS)}")
        self.took = 0.0  # seconds from the last SIGTERM until it had ended
        self.servers = [self.start() for _ in range(processes)]

    def start(self):
        """Until it has said that it is ready."""
        server = Server(
            ["sh", "-c", ON_DESCRIPTOR_3, self.host.program, "serve", "--env",
             self.host.site.env_file],
            self.host.path("weir.out"), self.address, **account(),
            stdin=self.listener.fileno(),
            env=environment(NOTIFY_SOCKET=self.manager.name))
        self.manager.hear_of("READY")
        return server

    def restart(self, status=0):
        """The oldest process: ended, then started anew."""
        old = self.servers.pop(0)
        began = time.monotonic()
        old.signal(signal.SIGTERM)
        assert old.wait(60) == status, old.output
        self.took = time.monotonic() - began
        self.servers.append(self.start())

    def reload(self):
        """Until every process has said that it has read the settings."""
        for server in self.servers:
            server.signal(signal.SIGHUP)
        for _ in self.servers:
            self.manager.hear_of("READY")

    def stop(self):
        for server in self.servers:
            server.stop()
        self.listener.close()
        self.manager.close()


def install_other(host, version):
    """Puts a program that differs in its version in place of the host's, as
    dpkg does: by a file of its own, under the feet of who runs the old one."""
    with open(weir.PROGRAM, "rb") as file:
        program = file.read()
    old = weir.run("--version")[1].split()[1].encode()
    assert len(version) == len(old) and old in program
    with open(host.program + ".new", "wb") as file:
        file.write(program.replace(old, version.encode()))
    shutil.copymode(host.program, host.program + ".new")
    os.rename(host.program + ".new", host.program)


class Held:
    """A web server (support/web_server.py) before such a socket."""

    processes = 1

    def start_weirs(self):
        self.unit = Unit(self.host, self.place(), self.processes)
        return []

    def place(self):
        return self.path("weir.sock")

    def end_weirs(self):
        self.unit.stop()
