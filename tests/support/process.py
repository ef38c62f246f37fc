"""Servers under test: each in a process group of its own, surely ended."""

import atexit
import os
import select
import signal
import subprocess
import time

STARTED = []


class Process:
    """A program that runs until stopped. Its output goes to a file."""

    def __init__(self, argv, log, **more):
        self.log = log
        self.ended = False
        with open(log, "ab") as out:
            self.child = subprocess.Popen(
                argv, stdout=out, stderr=out, start_new_session=True, **more)
        STARTED.append(self)

    @property
    def id(self):
        return self.child.pid

    @property
    def alive(self):
        return self.child.poll() is None

    @property
    def threads(self):
        return len(os.listdir(f"/proc/{self.id}/task"))

    @property
    def sockets(self):
        """How many sockets it holds; files come and go as it pleases."""
        return sum(link_of(entry).startswith("socket:")
                   for entry in os.scandir(f"/proc/{self.id}/fd"))

    def heeds(self, number):
        """Has it taken the signal into its own hands?"""
        with open(f"/proc/{self.id}/status", encoding="ascii") as status:
            masks = dict(line.split(":", 1) for line in status)
        taken = int(masks["SigBlk"], 16) | int(masks["SigCgt"], 16)
        return bool(taken >> (number - 1) & 1)

    @property
    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as text:
            return text.read()

    def signal(self, number):
        self.child.send_signal(number)

    def wait(self, timeout=30):
        """The exit status; a process that lives on is a failure."""
        try:
            return self.child.wait(timeout)
        finally:
            self.kill()

    def stop(self, timeout=30):
        """SIGTERM, and SIGKILL for who does not heed it in time.

        Who ends with another status than 0 has something to say: a
        sanitizer's report, most likely.
        """
        if self.ended:
            return
        self.signal(signal.SIGTERM)
        try:
            self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            pass
        self.kill()
        assert self.child.returncode == 0, self.output

    def kill(self):
        """The whole group, once: later its id may be another's."""
        if self.ended:
            return
        self.ended = True
        try:
            os.killpg(self.id, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()


class Stray(Process):
    """A process that something else has started, known by its id."""

    def __init__(self, id):
        self.handle = os.pidfd_open(id)
        self.number = id
        self.ended = False
        STARTED.append(self)

    @property
    def id(self):
        return self.number

    @property
    def alive(self):
        return not self.ended and not self.ends(0)

    def ends(self, within):
        return bool(select.select([self.handle], [], [], within)[0])

    def signal(self, number):
        signal.pidfd_send_signal(self.handle, number)

    def stop(self, timeout=30):
        """SIGTERM; whoever does not heed it in time is a failure."""
        if self.ended:
            return
        if self.alive:
            self.signal(signal.SIGTERM)
        heeded = self.ends(timeout)
        self.kill()
        assert heeded

    def kill(self):
        if self.ended:
            return
        if self.alive:
            self.signal(signal.SIGKILL)
        self.ended = True
        os.close(self.handle)


def link_of(entry):
    try:
        return os.readlink(entry.path)
    except FileNotFoundError:
        return ""


def kill_all():
    for process in STARTED:
        process.kill()
    STARTED.clear()


atexit.register(kill_all)


def wait_until(true, timeout=30, pause=0.01):
    """Asks until the answer is true; the last answer is returned."""
    end = time.monotonic() + timeout
    while True:
        answer = true()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(pause)
