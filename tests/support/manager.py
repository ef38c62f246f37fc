"""What systemd is to a service of Type=notify: a socket that is told."""

import os
import socket


class Manager:
    """Listens at a path, or with @ in front at an abstract name."""

    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name[0] == "@" else name)

    def close(self):
        self.socket.close()
        if self.name[0] != "@":
            os.unlink(self.name)

    def hear(self, within=30):
        """The next datagram's assignments, or None when none comes."""
        self.socket.settimeout(within)
        try:
            lines = self.socket.recv(4096).decode().split("\n")
        except TimeoutError:
            return None
        return dict(line.split("=", 1) for line in lines)

    def hear_of(self, name):
        """The next that assigns to the name; those before it are not kept."""
        while (told := self.hear()) is not None:
            if name in told:
                return told
        raise AssertionError(f"nobody said {name}")
