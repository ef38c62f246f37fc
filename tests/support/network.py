"""A network of hosts on this machine: a network namespace for each, and a
switch between them.

Only this process knows the namespaces: they are gone when it ends, however it
does, and so are the links. It must be root.
"""

import contextlib
import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def must(result):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def own_namespace():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


class Namespace:
    """A thread that is inside opens its sockets there; what it starts
    meanwhile, threads and processes, stays there."""

    def __init__(self):
        outside = own_namespace()
        must(LIBC.unshare(CLONE_NEWNET))
        self.handle = own_namespace()
        self.enter(outside)
        os.close(outside)
        self.ip("link", "set", "lo", "up")

    @staticmethod
    def enter(handle):
        must(LIBC.setns(handle, CLONE_NEWNET))

    @contextlib.contextmanager
    def inside(self):
        outside = own_namespace()
        self.enter(self.handle)
        try:
            yield
        finally:
            self.enter(outside)
            os.close(outside)

    def ip(self, *words):
        with self.inside():
            subprocess.run(["ip", *words], check=True, capture_output=True,
                           text=True)

    def close(self):
        os.close(self.handle)


class Host(Namespace):
    """With one link, to the switch."""

    def __init__(self, switch, name, address):
        super().__init__()
        self.switch = switch
        self.name = name
        self.address = address
        switch.ip("link", "add", "name", name, "type", "veth", "peer", "name",
                  "eth0", "netns", f"/proc/{os.getpid()}/fd/{self.handle}")
        switch.ip("link", "set", "dev", name, "master", "switch", "up")
        self.ip("address", "add", address + "/24", "dev", "eth0")
        self.ip("link", "set", "eth0", "up")

    def cut(self):
        """What is sent from here on, from either side, is lost."""
        self.switch.ip("link", "set", "dev", self.name, "down")

    def join(self):
        self.switch.ip("link", "set", "dev", self.name, "up")


class Network:
    def __init__(self, **addresses):
        self.switch = Namespace()
        self.switch.ip("link", "add", "name", "switch", "type", "bridge")
        self.switch.ip("link", "set", "switch", "up")
        self.hosts = {name: Host(self.switch, name, address)
                      for name, address in addresses.items()}

    def __getitem__(self, name):
        return self.hosts[name]

    def close(self):
        for host in self.hosts.values():
            host.close()
        self.switch.close()
