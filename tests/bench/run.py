#!/usr/bin/env python3
"""make bench: weir against the least that libfcgi and nginx can do.

usage: run.py BUILD-FOLDER

Starts nginx (one worker, kept connections), weir with key, limit and access
log, a MariaDB where there is one, and minimal responders; runs wrk against
them in turns; prints the medians of all rounds and how they stand to the bars.
Environment:

    BENCH_ROUNDS   rounds (5)
    BENCH_SECONDS  seconds of each measurement (3)
    BENCH_MIX      requests of the mix before memory is read (1000000; 0: none)
    BENCH_WORKERS  weir's worker threads (8)
    BENCH_JSON     file that receives all figures
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

import bars
import report
from measure import measure_all
from stack import Stack

BEGAN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGAN:4.0f}s] {text}", flush=True)


def setting(name, default):
    value = os.environ.get(name) or str(default)
    if not value.isdecimal():
        sys.exit(f"{name}={value}: expected a number")
    return int(value)


def bench(stack):
    rounds = setting("BENCH_ROUNDS", 5)
    seconds = setting("BENCH_SECONDS", 3)
    mix = setting("BENCH_MIX", 1_000_000)

    say("starting nginx, weir and the responders")
    stack.start()
    rows = stack.rows()
    measure_all(rows, stack.nginx.worker, rounds, seconds, say)
    stack.verify(rows)
    found = bars.judge(rows)
    found.append(bars.judge_reload(stack.reload_ms()))
    if mix:
        say(f"a mix of {mix} requests, for the memory it leaves")
        found.append(bars.judge_memory(stack.memory_after(mix)))
    report.show(rows, found)
    if os.environ.get("BENCH_JSON"):
        report.save(os.environ["BENCH_JSON"], rows, found)
    return 1 if report.faults(rows) else 0


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    missing = [name for name in ("nginx", "wrk", "sqlite3")
               if not shutil.which(name)]
    if missing:
        sys.exit(f"missing: {' '.join(missing)}; on Debian: "
                 "apt install nginx-light wrk sqlite3 iso-codes")
    with tempfile.TemporaryDirectory(prefix="weir-bench.") as folder:
        stack = Stack(os.path.abspath(sys.argv[1]), folder,
                      setting("BENCH_WORKERS", 8), say)
        try:
            status = bench(stack)
        except (RuntimeError, subprocess.SubprocessError) as error:
            print(f"bench: {error}", file=sys.stderr)
            status = 1
        finally:
            stack.stop()
    return status


if __name__ == "__main__":
    sys.exit(main())
