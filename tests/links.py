"""A real OpenSSH server on loopback, with keys that are thrown away, and a slow line in front of it."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from terminals import COMMAND, Terminal

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
HERE = bool(Path(SSHD).exists() and shutil.which("ssh") and shutil.which("ssh-keygen"))
MISSING = "no OpenSSH server or client on this machine (Debian: apt-get install openssh-server)"


@dataclass(frozen=True)
class Server:
    """A running server; `port` is where a client connects, its own or that of a line in front of it."""

    port: int
    key: Path

    def command(self, *remote: str, terminal: bool = False) -> list[str]:
        options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={os.devnull}", "LogLevel=ERROR",
                   "IdentitiesOnly=yes", "PreferredAuthentications=publickey"]  # fmt: skip
        return [
            "ssh", "-F", "none", *(["-tt"] if terminal else []), "-i", str(self.key), "-p", str(self.port),
            *(part for option in options for part in ("-o", option)),
            f"{getpass.getuser()}@127.0.0.1", " ".join(shlex.quote(word) for word in remote),
        ]  # fmt: skip

    def tutor(
        self,
        home: Path,
        *arguments: str,
        term: str = "xterm-256color",
        lang: str = "C.UTF-8",
        size: tuple[int, int] = (80, 24),
        command: list[str] | None = None,
    ) -> Terminal:
        """The tutor, or another program, on the other side of the connection."""
        return Terminal(
            home, command=self.tutors(home, command or COMMAND, *arguments, lang=lang), TERM=term, size=size
        )

    def tutors(self, home: Path, command: list[str], *arguments: str, lang: str = "C.UTF-8") -> list[str]:
        """The command line of the client that starts the tutor, or another program, in a terminal of its own."""
        # An empty COLORTERM is what a remote side has: ssh does not carry the client's.
        path = f"PYTHONPATH={os.environ.get('PYTHONPATH', '')}"  # else another tree than the one at hand may be tried
        remote = ["env", f"NNTUTOR_HOME={home}", f"LANG={lang}", "LC_ALL=", "COLORTERM=", path, *command]
        return self.command(*remote, *arguments, terminal=True)


class NoServer(Exception):
    """sshd does not start here; its own words."""


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server for as long as the block runs; its files lie in `folder`."""
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd's privilege separation asks for it
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "ListenAddress": "127.0.0.1", "Port": port, "HostKey": folder / "host", "PidFile": "none",
        "AuthorizedKeysFile": folder / "user.pub", "StrictModes": "no", "UsePAM": "no",
        "PermitRootLogin": "prohibit-password", "AcceptEnv": "LANG LC_*", "PrintMotd": "no",
    }  # fmt: skip
    config = folder / "config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    log = folder / "log"  # a file: connections that are still open keep a pipe from ever closing
    with log.open("w") as stream:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=stream)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise NoServer(log.read_text())
            time.sleep(0.05)
        yield Server(port, folder / "user")
    finally:
        process.terminate()
        process.wait()


@dataclass
class Line:
    """A line between client and server: so many bytes a second each way, so late, and still for a while if told to.

    rate: bytes a second (0: as fast as it goes); delay: seconds one way. What is on its way is bounded, as on a
    real line: a sender that is ahead has to wait.
    """

    rate: float = 0.0
    delay: float = 0.0
    port: int = 0
    still_until: float = 0.0
    _sockets: list[socket.socket] = field(default_factory=list)

    def stall(self, seconds: float) -> None:
        self.still_until = time.monotonic() + seconds

    def cut(self) -> None:
        """The line goes dead, as when a cable is pulled; both ends are closed."""
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _join(self, client: socket.socket, to: int) -> None:
        server = socket.create_connection(("127.0.0.1", to))
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(one)
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        """Packets of at most a fiftieth of a second's bytes; each leaves when its time has come."""
        packet = max(64, int(self.rate / 50)) if self.rate else 65536
        waiting: list[tuple[float, bytes]] = []
        arrived, there_is = threading.Lock(), threading.Event()
        over = False

        def deliver() -> None:
            free_at = 0.0
            while True:
                there_is.wait()
                with arrived:
                    if not waiting:
                        if over:
                            with suppress(OSError):
                                target.shutdown(socket.SHUT_WR)
                            return
                        there_is.clear()
                        continue
                    when, data = waiting.pop(0)
                begin = max(free_at, time.monotonic())
                free_at = begin + (len(data) / self.rate if self.rate else 0.0)
                self._sleep_until(max(free_at, when))
                with suppress(OSError):
                    target.sendall(data)

        threading.Thread(target=deliver, daemon=True).start()
        while True:
            try:
                data = source.recv(packet)
            except OSError:
                data = b""
            with arrived:
                if data:
                    waiting.append((time.monotonic() + self.delay, data))
                else:
                    over = True
                there_is.set()
            if not data:
                return
            while self.rate and len(waiting) * packet > 4 * packet + self.rate * self.delay:
                time.sleep(0.005)

    def _sleep_until(self, when: float) -> None:
        while (left := max(when, self.still_until) - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))


@contextmanager
def slow(server: Server, rate: float = 0.0, delay: float = 0.0) -> Iterator[tuple[Server, Line]]:
    """The same server at the far end of a slow line."""
    line = Line(rate, delay)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    line.port = listener.getsockname()[1]

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            line._join(client, server.port)

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield Server(line.port, server.key), line
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # what waits in accept() is not woken by close()
        listener.close()
        accepting.join(10)  # a connection that came last has joined, and is cut with the others
        line.cut()
