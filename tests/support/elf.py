"""Shared libraries of a running program, and copies of them."""

import struct

PT_DYNAMIC = 2
DT_NULL = 0
DT_SYMBOLIC = 16
WORDS = struct.Struct("<qQ")  # of a dynamic entry of a 64-bit library


def library_of(server, name):
    """Where the library whose file name begins so was loaded from."""
    with open(f"/proc/{server.id}/maps", encoding="utf-8") as maps:
        return next(line.split()[-1] for line in maps if f"/{name}" in line)


def dynamic_of(data):
    """Offset and size of the dynamic section."""
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for at in range(start, start + size * count, size):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, at)
        if kind == PT_DYNAMIC:
            return offset, length
    raise ValueError("no dynamic section")


def bind_to_itself(source, target):
    """A copy that calls its own functions, whatever the program has of the
    same name, as if linked with -Bsymbolic."""
    with open(source, "rb") as file:
        data = bytearray(file.read())
    offset, length = dynamic_of(data)
    tags = [WORDS.unpack_from(data, at)[0]
            for at in range(offset, offset + length, WORDS.size)]
    free = tags.index(DT_NULL)
    assert tags[free:free + 2] == [DT_NULL, DT_NULL], "no room for a tag"
    WORDS.pack_into(data, offset + free * WORDS.size, DT_SYMBOLIC, 0)
    with open(target, "wb") as file:
        file.write(data)
