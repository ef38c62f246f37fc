"""Bad FastCGI streams, made from a good one."""

import random

from support import fcgi


class Scrambler:
    """Bad streams without end, the same ones for the same seed."""

    def __init__(self, good, seed):
        self.good = good
        self.random = random.Random(seed)

    def stream(self):
        how = self.random.choice([
            self.cut, self.flip, self.repeat, self.swap, self.insert,
            self.nonsense, self.shuffle])
        return how()

    def cut(self):
        return self.good[:self.random.randrange(len(self.good))]

    def flip(self):
        data = bytearray(self.good)
        for _ in range(self.random.randint(1, 8)):
            data[self.random.randrange(len(data))] = self.byte()
        return bytes(data)

    def repeat(self):
        a, b = self.two_places()
        return self.good[:b] + self.good[a:b] * self.random.randint(1, 20)

    def swap(self):
        a, b = self.two_places()
        return self.good[b:] + self.good[a:b] + self.good[:a]

    def insert(self):
        at = self.random.randrange(len(self.good))
        return self.good[:at] + self.strange_record() + self.good[at:]

    def nonsense(self):
        return self.random.randbytes(self.random.randint(1, 5000))

    def shuffle(self):
        pieces = [self.strange_record() for _ in range(20)]
        return fcgi.begin() + b"".join(pieces) + self.good

    def strange_record(self):
        content = self.random.randbytes(self.random.choice([0, 1, 8, 300]))
        return fcgi.record(
            self.random.choice([*range(0, 13), 255]), content,
            id=self.random.choice([0, 1, 2, 65535]),
            padding=self.random.choice([0, 1, 255]),
            version=self.random.choice([1, 1, 1, 0, 2]),
            length=self.random.choice([None, None, 0, 65535]))

    def byte(self):
        return self.random.choice([0, 1, 127, 128, 255,
                                   self.random.randrange(256)])

    def two_places(self):
        return sorted(self.random.sample(range(len(self.good) + 1), 2))
