"""Start-up, steps, idling and memory on a real pseudo-terminal, in turn with a minimal Textual app.

`python bench/screen.py [runs]` prints the table. 80 × 24, 256 colours. Times end with the last byte before
the program falls silent; medians of paired runs.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
QUIET = 0.25
STEPS = 60


@dataclass
class Program:
    """A program on a pseudo-terminal of 80 × 24."""

    pid: int
    fd: int
    began: float

    @classmethod
    def start(cls, command: list[str], home: str) -> Program:
        began = time.perf_counter()
        pid, fd = pty.fork()
        if pid == 0:
            environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NNTUTOR_HOME": home}
            for name in ("COLORTERM", "NO_COLOR", "TEXTUAL_FPS", "PYTHONDONTWRITEBYTECODE"):
                environment.pop(name, None)
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        return cls(pid, fd, began)

    def until_quiet(self, since: float, quiet: float = QUIET, longest: float = 8.0) -> tuple[float, bytes]:
        """Seconds from `since` to the last byte before silence, and what was written."""
        data, last = b"", since
        while time.perf_counter() - since < longest:
            wait = quiet if data else longest
            ready, _, _ = select.select([self.fd], [], [], wait)
            if not ready:
                break
            try:
                chunk = os.read(self.fd, 65536)
            except OSError:
                break
            if not chunk:
                break
            data, last = data + chunk, time.perf_counter()
        return last - since, data

    def key(self, key: bytes, quiet: float = 0.06) -> tuple[float, int]:
        since = time.perf_counter()
        os.write(self.fd, key)
        seconds, data = self.until_quiet(since, quiet, 1.0)
        return seconds, len(data)

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def commands() -> dict[str, list[str]]:
    nntutor = str(Path(sys.executable).parent / "nntutor")
    return {
        "minimal": [sys.executable, str(HERE / "minimal.py")],
        "nntutor": [nntutor],
        "learn hidden-delta": [nntutor, "learn", "hidden-delta"],
    }


def main(runs: int) -> None:
    starts: dict[str, list[float]] = {name: [] for name in commands()}
    first_bytes: dict[str, int] = {}
    for _ in range(runs):
        for name, command in commands().items():
            with tempfile.TemporaryDirectory() as home:
                program = Program.start(command, home)
                seconds, data = program.until_quiet(program.began)
                starts[name].append(seconds)
                first_bytes[name] = len(data)
                program.end()
    base = statistics.median(starts["minimal"])
    print(f"{'complete first screen':32} {'ms':>8} {'× minimal':>10} {'bytes':>8}")
    for name, values in starts.items():
        ratio = statistics.median(a / b for a, b in zip(values, starts["minimal"], strict=True))
        print(f"  {name:30} {statistics.median(values) * 1000:8.0f} {ratio:10.2f} {first_bytes[name]:8}")
    print(f"  (minimal: {base * 1000:.0f} ms)\n")
    steps()


def steps() -> None:
    """Keys to the two programs in turn: time to the last byte, bytes; then silence, and memory."""
    with tempfile.TemporaryDirectory() as home:
        pair = [Program.start(commands()[name], home) for name in ("minimal", "learn hidden-delta")]
        for program in pair:
            program.until_quiet(program.began, 1.0)
        taken: list[list[tuple[float, int]]] = [[], []]
        for _ in range(STEPS):
            for program, results in zip(pair, taken, strict=True):
                results.append(program.key(b"\x1b[C"))
        print(f"{'a step (→)':32} {'ms':>8} {'× minimal':>10} {'bytes':>8} {'most':>8}")
        for name, results in zip(("minimal", "learn hidden-delta"), taken, strict=True):
            ratio = statistics.median(a[0] / b[0] for a, b in zip(results, taken[0], strict=True))
            seconds = statistics.median(result[0] for result in results)
            sizes = sorted(result[1] for result in results)
            print(f"  {name:30} {seconds * 1000:8.1f} {ratio:10.2f} {sizes[len(sizes) // 2]:8} {sizes[-1]:8}")
        program = pair[1]
        before, since = program.cpu(), time.perf_counter()
        ready, _, _ = select.select([program.fd], [], [], 5.0)
        idle = len(os.read(program.fd, 65536)) if ready else 0
        share = (program.cpu() - before) / (time.perf_counter() - since)
        print(f"\nidle over 5 s: {idle} bytes, {share:.1%} of a processor; memory {program.memory():.0f} MB")
        for one in pair:
            one.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
