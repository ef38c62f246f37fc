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
        """Also what makes it bearable to sanitizers.

        One wants to be loaded first, unless it is told not to. Another does
        not see how libfaketime waits on conditions, and so takes locks for
        held that are not: it is to be silent, all other tests have it speak.
        """
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": self.path,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "ASAN_OPTIONS": more("ASAN_OPTIONS", "verify_asan_link_order=0"),
            "TSAN_OPTIONS": more("TSAN_OPTIONS", "report_bugs=0"),
        }


def more(name, option):
    """A sanitizer's options as they are, and one more."""
    return ":".join(filter(None, [os.environ.get(name), option]))
