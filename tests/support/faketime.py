"""A clock that a test may set: libfaketime, for one program.

Only the wall clock is changed, as by an administrator or by NTP: the clocks
that measure since the boot go on, as the kernel's do.
"""

import glob
import os

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


class Clock:
    """`environment` is for who is to live by it; jump() moves it at once."""

    def __init__(self, folder):
        found = glob.glob(LIBRARY)
        assert found, "the package faketime is not installed"
        self.library = found[0]
        self.path = os.path.join(folder, "clock")
        self.jump(0)

    def jump(self, seconds):
        """So many seconds from the real time, from now on."""
        with open(self.path + ".new", "w", encoding="ascii") as out:
            out.write(f"{seconds:+d}\n")
        os.replace(self.path + ".new", self.path)

    @property
    def environment(self):
        """A sanitizer wants to be loaded first, unless it is told not to."""
        options = os.environ.get("ASAN_OPTIONS", "").split(":")
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": self.path,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
            "ASAN_OPTIONS": ":".join(
                filter(None, [*options, "verify_asan_link_order=0"])),
        }
