"""Over a real SSH connection to this machine: the screen, a cut line, plain output, terminals and locales."""

from __future__ import annotations

import getpass
import os
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_terminal import COMMAND, Terminal

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"

pytestmark = pytest.mark.skipif(
    not (Path(SSHD).exists() and shutil.which("ssh") and shutil.which("ssh-keygen")),
    reason="no OpenSSH server or client on this machine (Debian: apt-get install openssh-server)",
)


@dataclass(frozen=True)
class Server:
    """An OpenSSH server on loopback with keys that are thrown away."""

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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sshd")
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
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                pytest.skip(f"sshd does not start here: {process.stderr.read() if process.stderr else ''}")
            time.sleep(0.05)
        yield Server(port, folder / "user")
    finally:
        process.terminate()
        process.communicate()


def over(server: Server, home: Path, *arguments: str, term: str = "xterm-256color", lang: str = "C.UTF-8") -> Terminal:
    """The tutor on the other side of an SSH connection."""
    remote = ["env", f"NNTUTOR_HOME={home}", f"LANG={lang}", "LC_ALL=", *COMMAND, *arguments]
    return Terminal(home, command=server.command(*remote, terminal=True), TERM=term)


def text_of(data: bytes) -> str:
    return re.sub(r"\x1b(\[[\d;?<>=]*[ -/]*[@-~]|[()][0AB]|[=>78])", "", data.decode(errors="replace"))


def test_a_lesson_is_taken_over_ssh_and_left(server: Server, tmp_path: Path) -> None:
    terminal = over(server, tmp_path, "learn", "hidden-delta")
    assert "step" in text_of(terminal.read())
    first = text_of(terminal.press(b"\x1b[C"))
    assert first
    terminal.press(b"q")
    os.write(terminal.fd, b"q")
    assert terminal.wait() == 0
    assert b"\x1b[?1049l" in terminal.last


def test_a_cut_connection_loses_nothing(server: Server, tmp_path: Path) -> None:
    terminal = over(server, tmp_path, "learn", "hidden-delta")
    terminal.read()
    for _ in range(5):
        terminal.press(b"\x1b[C")
    assert terminal.end(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        again = over(server, tmp_path)
        screen = text_of(again.read())
        os.write(again.fd, b"q")
        again.read()
        os.write(again.fd, b"q")
        assert again.wait() == 0
        if "step 6/39" in screen:
            return
        time.sleep(0.2)  # the server notices the cut line a moment later
    pytest.fail(screen)


def test_a_trace_needs_no_terminal(server: Server, tmp_path: Path) -> None:
    remote = server.command("env", f"NNTUTOR_HOME={tmp_path}", *COMMAND, "trace", "hidden-delta", "--format", "csv")
    done = subprocess.run(remote, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0 and done.stderr == ""
    local = subprocess.run([*COMMAND, "trace", "hidden-delta", "--format", "csv"], capture_output=True, text=True,
                           check=True)  # fmt: skip
    assert done.stdout == local.stdout


@pytest.mark.parametrize("term", ["xterm", "xterm-256color", "screen", "tmux-256color", "linux", "vt100"])
@pytest.mark.parametrize("lang", ["C", "C.UTF-8"])
def test_the_first_screen_stands_in_any_terminal(server: Server, tmp_path: Path, term: str, lang: str) -> None:
    terminal = over(server, tmp_path, "learn", "hidden-delta", term=term, lang=lang)
    screen = text_of(terminal.read())
    assert "iteration 1" in screen and "net_h1" in screen
    plain = term == "linux" or lang == "C"
    assert ("δ" in screen or "·" in screen) is not plain
    assert terminal.end(signal.SIGTERM) != 0


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_is_refused_over_ssh(server: Server, tmp_path: Path, term: str) -> None:
    terminal = over(server, tmp_path, "learn", "hidden-delta", term=term)
    assert terminal.wait() == 2
    assert "nntutor trace" in terminal.last.decode()


def test_keys_typed_ahead_are_all_taken(server: Server, tmp_path: Path) -> None:
    terminal = over(server, tmp_path, "learn", "hidden-delta")
    time.sleep(0.1)
    os.write(terminal.fd, b"\x1b[C" * 7)
    data = terminal.read(0.6)
    while select.select([terminal.fd], [], [], 0.5)[0]:
        data += terminal.read()
    assert "step 8/39" in text_of(data)
    terminal.end(signal.SIGTERM)
