"""Who takes the lines of a log: a datagram socket, and systemd's journal."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import uuid

from support.process import Process, wait_until

JOURNALD = "/lib/systemd/systemd-journald"
SYSLOG = re.compile(
    r"<(\d+)>[A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d weir\[(\d+)\]: (.*)",
    re.DOTALL)


class Receiver:
    """Takes every datagram that comes to its path, or none while it is full.

    The system queues as few as ten.
    """

    def __init__(self, path, reads=True):
        self.path = path
        self.came = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(0.05)
        self.stopping = False
        self.thread = threading.Thread(target=self.read)
        if reads:
            self.thread.start()

    def read(self):
        while not self.stopping:
            try:
                self.came.append(self.socket.recv(1 << 16))
            except TimeoutError:
                continue

    def stop(self):
        self.stopping = True
        if self.thread.is_alive():
            self.thread.join()
        self.socket.close()
        os.unlink(self.path)

    def syslog(self):
        """(priority, process, text) of each."""
        matches = [SYSLOG.fullmatch(text.decode()) for text in self.came]
        assert all(matches), self.came
        return [(int(m[1]), int(m[2]), m[3]) for m in matches]

    def journal(self):
        """The fields of each."""
        return [dict(line.split("=", 1) for line in
                     text.decode().removesuffix("\n").split("\n"))
                for text in self.came]


class Journal:
    """A systemd-journald of its own, in a namespace of that name."""

    def __init__(self):
        self.name = f"weir-{uuid.uuid4().hex[:12]}"
        self.folder = f"/run/systemd/journal.{self.name}"
        os.makedirs("/run/systemd", exist_ok=True)
        self.process = Process(
            [JOURNALD, self.name], f"/tmp/{self.name}.out",
            stdin=subprocess.DEVNULL)
        assert wait_until(lambda: os.path.exists(self.socket), 10), \
            self.process.output

    @staticmethod
    def can_run():
        return (os.geteuid() == 0 and os.path.exists(JOURNALD)
                and os.path.exists("/etc/machine-id")
                and shutil.which("journalctl"))

    @property
    def socket(self):
        return f"{self.folder}/socket"

    @property
    def syslog(self):
        return f"{self.folder}/dev-log"

    def entries(self, *matches):
        done = subprocess.run(
            ["journalctl", f"--namespace={self.name}", "-o", "json",
             "--no-pager", "-q", *matches], check=True, timeout=60,
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stop(self):
        self.process.stop()
        os.unlink(f"/tmp/{self.name}.out")
        shutil.rmtree(self.folder, ignore_errors=True)
        with open("/etc/machine-id", encoding="ascii") as id:
            name = f"{id.read().strip()}.{self.name}"
        for top in ("/var/log/journal", "/run/log/journal"):
            shutil.rmtree(os.path.join(top, name), ignore_errors=True)
