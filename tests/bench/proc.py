"""A process of the benchmark: started in a group of its own, ended by its
own id, its CPU time and memory read from /proc."""

import os
import signal
import subprocess
import time

TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


class Proc:
    def __init__(self, argv, log, env=None):
        self.argv = argv
        with open(log, "ab") as out:
            self.child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env=env, start_new_session=True)
        self.log = log

    @property
    def pid(self):
        return self.child.pid

    def check(self):
        """Raises when the process has ended, with the end of its log."""
        if self.child.poll() is None:
            return
        with open(self.log, encoding="utf-8", errors="replace") as log:
            tail = log.readlines()[-20:]
        raise RuntimeError(f"{self.argv[0]} ended with status "
                           f"{self.child.returncode}:\n{''.join(tail)}")

    def stop(self, seconds=10):
        if self.child.poll() is None:
            self.child.terminate()
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.child.wait()


def children(pid):
    """The ids of a process' children."""
    path = f"/proc/{pid}/task/{pid}/children"
    with open(path, encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def cpu_us(pid):
    """User and system time of a process so far, in microseconds."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def resident_kib(pid, without):
    """Resident memory in KiB, leaving out mappings of files below the folder
    `without`: what a process shares through the local store."""
    total = 0
    counted = True
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if not words[0].endswith(":"):
                counted = len(words) < 6 or not words[5].startswith(without)
            elif words[0] == "Rss:" and counted:
                total += int(words[1])
    return total


def wait_until(ready, seconds, what):
    """Calls ready() until it is true; RuntimeError when the time is over."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} was not ready in {seconds} s")
        time.sleep(0.05)
