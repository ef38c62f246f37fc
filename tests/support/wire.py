"""A wire to a server on this host, which a test may cut and mend."""

import select
import socket
import threading

PIECE = 65536


class Wire:
    """Listens on `port`, and passes on what comes to the port given."""

    def __init__(self, target):
        self.target = target
        self.whole = True
        self.lock = threading.Lock()
        self.ends = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                end, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                if not self.whole:
                    end.close()
                    continue
                other = socket.create_connection(("127.0.0.1", self.target))
                self.ends += [end, other]
            threading.Thread(target=self.carry, args=(end, other),
                             daemon=True).start()

    def carry(self, end, other):
        try:
            while True:
                for one in select.select([end, other], [], [])[0]:
                    piece = one.recv(PIECE)
                    if not piece:
                        return
                    (other if one is end else end).sendall(piece)
        except (OSError, ValueError):
            pass
        finally:
            with self.lock:
                shut(end)
                shut(other)

    def cut(self):
        """All connections end, and no other is carried."""
        with self.lock:
            self.whole = False
            for end in self.ends:
                shut(end)
            self.ends.clear()

    def mend(self):
        with self.lock:
            self.whole = True

    def stop(self):
        self.listener.close()
        self.cut()


def shut(end):
    """Wakes who waits for it, too."""
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
