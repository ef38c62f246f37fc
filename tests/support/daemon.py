"""A store's server: started, killed, paused, brought back on one port."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile

from support.nginx import free_port
from support.process import Process, wait_until


class Daemon:
    """What a store's servers have in common. argv() says how one runs."""

    name = "daemon"

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix=f"weir-{self.name}-")
        self.port = free_port()
        self.options = options
        self.process = None
        self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def argv(self):
        raise NotImplementedError

    def start(self):
        """On the same folder and port as before."""
        self.process = Process([*self.argv(), *self.options],
                               self.path("log"), stdin=subprocess.DEVNULL,
                               cwd=self.folder)
        wait_until(lambda: self.answers() or not self.process.alive)
        assert self.answers(), self.process.output

    def answers(self):
        """Is a connection taken? (A paused server's system takes it too.)"""
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        """SIGKILL, as a machine would lose it."""
        self.process.kill()

    def pause(self):
        """It keeps its connections and says nothing."""
        self.process.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.id, os.WSTOPPED)

    def resume(self):
        self.process.signal(signal.SIGCONT)

    def end(self):
        """As an operator would, unless it has ended before."""
        if self.process.alive:
            self.resume()
            self.process.stop()

    def restart(self):
        self.end()
        self.start()

    def stop(self):
        """Ends it and removes its folder."""
        self.end()
        shutil.rmtree(self.folder)
