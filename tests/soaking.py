"""A real program hammered with whatever a terminal can send, and killed at random moments; used by tests and bench.

Two promises are held to it. Whatever came in, the program is alive, and its screen is the one that a fresh program
shows at the same place: no row is stale, no state hides behind the screen. And a kill at any moment loses nothing:
the next start is where the screen was, or at the step after it that was kept but not painted yet.

All is drawn from a seed. A leg's inputs are the same again; when they arrive is not, so a failure that hangs on
time may need several tries.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from loaded import MAIN
from terminals import LEFT, RIGHT, Terminal

from nntutor.lessons.course import load

Size = tuple[int, int]
Input = bytes | Size
Row = tuple[tuple[object, ...], ...]

ESCAPE, ENTER, LANGUAGE = b"\x1b", b"\r", b"t"
USUAL: Size = (80, 24)
_SIZES: tuple[Size, ...] = ((1, 1), (20, 5), (40, 12), (79, 23), (80, 24), (110, 30), (132, 43), (250, 80))
_PLACE = re.compile(r"(?:step|단계) \d+/\d+")
_LIST = " nntutor "
_SEQUENCE = re.compile(r"\x1b\[[\d;<>=?]*[a-zA-Z]")
_RAISED = re.compile(r"\w+(Error|Exception|Interrupt)\b")
_HANGUL = re.compile("[가-힣]")


class Failure(Exception):
    """A promise that was not kept: what happened, and what was sent last."""


@dataclass
class Tally:
    """What a soak has done."""

    inputs: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    ahead: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.inputs + other.inputs, self.starts + other.starts, self.ahead + other.ahead)


# --- what a terminal can send -----------------------------------------------------------------------

_MOVES = (RIGHT, LEFT, b"\x1b[B", b"\x1b[A", b"\x1b[H", b"\x1b[F", b"\x1b[5~", b"\x1b[6~")
_COMMANDS = tuple(letter.encode() for letter in ")(}{hjkl:wce+-<>0uyrzv.tognb?/ ")
_OTHERS = (
    b"\x1bOP", b"\x1b[15~", b"\x1b[1;5C", b"\x1b[Z", b"\x1bOC", b"\x1b[3~", b"\x1b[2~", b"\x1b[1;2R", b"\x1b[97;5u",
    "ㅈ".encode(), "실".encode(), "δ".encode(), "é".encode(), "😀".encode(), "e\u0301".encode(), b"\t",
)  # fmt: skip
_TYPED = (b"1", b"7", b"0.5", b"h1", b"E", b"w5=0.3", b"1e-3", b"9" * 120, b"2*", b"\x7f", ENTER, ENTER)

_ASCII = tuple(code for code in range(128) if code not in b";\x10")


def a_key(random: Random) -> bytes:
    """Mostly keys that mean something: they lead somewhere where the others may do harm."""
    kind = random.random()
    if kind < 0.35:
        return random.choice(_MOVES)
    if kind < 0.7:
        return random.choice(_COMMANDS)
    if kind < 0.8:
        return random.choice(_TYPED)
    if kind < 0.9:
        return random.choice((ENTER, ENTER, ESCAPE, b"\x7f", b"q"))
    return random.choice((*_OTHERS, bytes([random.choice(_ASCII)])))


def the_palette(random: Random) -> bytes:
    """Textual's own list of commands; whatever comes next goes to it."""
    return random.choice((b";", b"\x10"))


def a_mouse_report(random: Random) -> bytes:
    """As xterm (SGR), urxvt, and X10 write it; the last has bytes that are no text."""
    button = random.choice((0, 1, 2, 3, 32, 35, 64, 65, 66, 128))
    x, y = random.choice((1, 5, 40, 80, 200, 5000)), random.choice((1, 2, 12, 24, 90))
    form = random.randrange(3)
    if form == 0:
        return b"\x1b[<%d;%d;%d%c" % (button, x, y, random.choice(b"Mm"))
    if form == 1:
        return b"\x1b[%d;%d;%dM" % (button + 32, x, y)
    return b"\x1b[M" + bytes(min(255, 32 + part) for part in (button, x, y))


def a_drag(random: Random) -> bytes:
    """Pressed, moved, let go: what selects text."""
    places = [(random.randint(1, 80), random.randint(1, 24)) for _ in range(3)]
    return b"".join(b"\x1b[<%d;%d;%d%s" % (button, *place, end)
                    for button, place, end in zip((0, 32, 0), places, (b"M", b"M", b"m"), strict=True))  # fmt: skip


def _pasted(data: bytes) -> bytes:
    return b"\x1b[200~" + data + b"\x1b[201~"


def a_paste(random: Random) -> bytes:
    """Text in brackets, from a word to a megabyte."""
    text = random.choice(("0.25", "δ_h1", "가나다 라", "a\tb\r\nc", "x" * 5000, "q\r" * 300, "1e999", "\x1b[C"))
    if random.random() < 0.02:
        text = "backpropagation\r" * (1 << 16)
    return _pasted(text.encode())


def a_raw_paste(random: Random) -> bytes:
    """Text that arrives as keys; each is obeyed, so not much of it at once."""
    if random.random() < 0.01:
        return b"A" * (1 << 20)  # a key that means nothing: the others would be obeyed for an hour
    return bytes(random.choice(b"abcdefghijklmnopstuvwxyz0123456789 .,\r\t") for _ in range(random.randint(2, 40)))


def a_binary_paste(random: Random) -> bytes:
    """Bytes that are no text, in brackets or not. Without q and the keys of ctrl, which would lead out."""
    data = bytes(byte for byte in random.randbytes(random.choice((1, 20, 300))) if byte >= 32 and byte != ord("q"))
    return _pasted(data) if random.random() < 0.7 else data[:30]


def a_focus_event(random: Random) -> bytes:
    return random.choice((b"\x1b[I", b"\x1b[O"))


def a_report(random: Random) -> bytes:
    """Answers that nobody asked for: the cursor's place, modes, what the terminal is, colours, kitty's flags."""
    return random.choice(
        (b"\x1b[1;1R", b"\x1b[24;80R", b"\x1b[999;999R", b"\x1b[0n", b"\x1b[?2026;2$y", b"\x1b[?2048;0$y",
         b"\x1b[?62;22c", b"\x1b[>1;4000;0c", b"\x1b]11;rgb:0000/0000/0000\x1b\\", b"\x1b[?1u", b"\x1bP1$r0m\x1b\\",
         b"\x1b[8;24;80t")
    )  # fmt: skip


def half_a_sequence(random: Random) -> bytes:
    """The beginning of a sequence, or one that nobody knows; what comes next ends it somehow."""
    return random.choice(
        (ESCAPE, b"\x1b[", b"\x1b[1;", b"\x1b[<0;3", b"\x1bO", b"\x1b]", b"\x1bP", b"\x1b[200", b"\x1b[M", b"\x1b\x1b",
         b"\x1b[99999~", b"\x1b[<-1;-5;3M", b"\x1b[;;;;m", b"\x1b[" + b"1" * 40, b"\x1b[?", b"\x1b[200~left open")
    )  # fmt: skip


def an_odd_key(random: Random) -> bytes:
    """Keys in the form of the kitty protocol with numbers that no key has."""
    return random.choice((b"\x1b[99999999u", b"\x1b[1:2;3u", b"\x1b[97;999u", b"\x1b[0;0u", b"\x1b[57358;1u",
                          b"\x1b[97;5:3u", b"\x1b[1114112;1;97u"))  # fmt: skip


def a_resize(random: Random) -> Size:
    return random.choice(_SIZES) if random.random() < 0.7 else (random.randint(1, 250), random.randint(1, 80))


KINDS: dict[str, tuple[float, Callable[[Random], Input]]] = {
    "key": (70, a_key),
    "palette": (1.5, the_palette),
    "mouse": (6, a_mouse_report),
    "drag": (1, a_drag),
    "paste": (4, a_paste),
    "raw-paste": (2, a_raw_paste),
    "binary": (3, a_binary_paste),
    "focus": (3, a_focus_event),
    "report": (4, a_report),
    "half": (3, half_a_sequence),
    "odd-key": (1, an_odd_key),
    "resize": (4, a_resize),
}
"""What is sent, and how often beside the others."""


# --- what is on the screen --------------------------------------------------------------------------


def screen_of(terminal: Terminal) -> list[Row]:
    """Every cell with its colours and attributes, row by row."""
    return [tuple(tuple(cell) for cell in terminal.cells(y)) for y in range(terminal.emulator.lines)]


def place_of(terminal: Terminal) -> str | None:
    """The place that the first row tells: in a lesson the whole row, or the list; None where a page covers it."""
    first = terminal.line(0)
    if first.startswith(_LIST):
        return "list"
    return first if _PLACE.search(first) else None


def _in_korean(terminal: Terminal) -> bool:
    # The English list of lessons names the language that t leads to.
    return len(_HANGUL.findall(terminal.text().replace("한국어", ""))) > 3


def drain(terminal: Terminal, quiet: float, longest: float) -> None:
    """Read up to a silence; a program that has nothing to say is waited for no longer than that."""
    ends = time.monotonic() + longest
    while time.monotonic() < ends and terminal.receive(quiet):
        pass


def started(home: Path, *arguments: str, longest: float = 30.0, cold: bool = False) -> Terminal:
    """A program whose first screen stands. What keys export lands beside its home."""
    code = f"import os; os.chdir({str(home.parent)!r}); {MAIN}"
    terminal = Terminal(home, *arguments, code=code, cold=cold)
    ends = time.monotonic() + longest
    while place_of(terminal) is None and time.monotonic() < ends and terminal.status() is None:
        terminal.receive(0.05)
    if place_of(terminal) is None:
        raise Failure(f"it does not start:\n{terminal.text()}")
    drain(terminal, 0.3, 5.0)
    return terminal


def _ended(terminal: Terminal) -> str:
    """How it ended, and of a traceback the lines that were at work and what was raised."""
    told = _SEQUENCE.sub("", terminal.recent.decode(errors="replace")).rpartition("Traceback")[2]
    work = [line.strip("│ \r") for line in told.splitlines() if "❱" in line or _RAISED.match(line)][:12]
    return f"it ended with {terminal.status()}:\n" + ("\n".join(work) or terminal.text())


def _awake(terminal: Terminal, longest: float) -> None:
    """The language changed and changed back: everything sent before has been dealt with."""
    ends = time.monotonic() + longest
    for _ in range(2):
        before = _in_korean(terminal)
        terminal.send(LANGUAGE)
        again = time.monotonic() + 5.0
        while _in_korean(terminal) == before:
            terminal.receive(0.05)
            if time.monotonic() > again:  # the first one ended a sequence that was left open
                again += 5.0
                terminal.send(LANGUAGE)
            if terminal.status() is not None:
                raise Failure(_ended(terminal))
            if time.monotonic() > ends:
                raise Failure(f"it does not answer:\n{terminal.text()}")
    drain(terminal, 0.15, 2.0)


def _untrailed(terminal: Terminal) -> None:
    """Back along the trail of `w`: it is a way of this session, which no other start has."""
    for _ in range(100):
        if " backspace " not in terminal.lines()[-1]:
            return
        terminal.send(b"\x7f")
        drain(terminal, 0.15, 2.0)


def settle(terminal: Terminal, longest: float) -> None:
    """80 × 24, nothing open, nothing running, nothing told."""
    terminal.send(b"\x1b[201~")  # where a paste was left open
    for _ in range(4):
        drain(terminal, 0.2, 2.0)  # an escape is told from the beginning of a sequence by the silence after it
        terminal.send(ESCAPE)
    drain(terminal, 0.2, 2.0)
    terminal.resize(*USUAL)
    drain(terminal, 0.2, 2.0)
    _awake(terminal, longest)
    terminal.send(ESCAPE)
    drain(terminal, 0.3, 2.0)


# --- hammering --------------------------------------------------------------------------------------

# A megabyte of keys that mean nothing takes some minutes.
_PATIENCE = 300.0
_CALM = (RIGHT, LEFT, b"\x1b[B", b"\x1b[A", b")", b"(", b"v", b"z", b".", b" ")


def hammer(home: Path, count: int, seed: int, kinds: Sequence[str] = tuple(KINDS)) -> Tally:
    """`count` random inputs from one seed, then the screen beside that of a fresh program at the same place."""
    random = Random(seed)
    tally, log = Tally(starts=1), []
    # With nothing loaded: what a key comes to load is loaded by that key.
    terminal = started(home, "learn", random.choice(load.lessons()).id, cold=True)
    weights = [KINDS[name][0] for name in kinds]
    try:
        for _ in range(count):
            name = random.choices(kinds, weights)[0]
            made = KINDS[name][1](random)
            pause = random.choice((0.0, 0.0, 0.0, 0.0, 0.0, 0.005, 0.02, 0.12))
            if terminal.status() is not None:
                terminal = _left(terminal, home)
                tally.starts += 1
            log.append(made)
            tally.inputs[name] += 1
            _give(terminal, made)
            drain(terminal, pause, 0.3)
        terminal = _settled(terminal, home, tally)
        if place_of(terminal) == "list":
            terminal.send(ENTER)
            drain(terminal, 0.4, 5.0)
        _untrailed(terminal)
        # After a new size all is painted; these paint only what changes, and are what may leave a stale row.
        for _ in range(15):
            terminal.send(random.choice(_CALM))
            drain(terminal, 0.08, 1.0)
        settle(terminal, _PATIENCE)
        made_no_mistake(home)
        _same_when_fresh(terminal, home)
    except Failure as failure:
        shown = "\n".join(f"  {one if len(one) < 200 else one[:100] + b'...'!r}" for one in log[-15:])  # type: ignore[operator]
        raise Failure(f"seed {seed}, {count} inputs: {failure}\nsent last, of {len(log)}:\n{shown}") from None
    finally:
        if terminal.status() is None:
            terminal.kill()
    tally.starts += 1
    return tally


def _give(terminal: Terminal, made: Input) -> None:
    if isinstance(made, tuple):
        terminal.resize(*made)
        return
    try:
        terminal.send(made)
    except (EOFError, OSError):
        pass  # it is ending; its status says how
    except TimeoutError as error:
        raise Failure(str(error)) from None


def _gone(terminal: Terminal) -> int | None:
    """Its status, where it is ending; a process is there for a moment after its terminal is closed."""
    ends = time.monotonic() + 5.0
    while terminal.status() is None and time.monotonic() < ends:
        if not terminal.receive(0.05):
            time.sleep(0.05)
    drain(terminal, 0.2, 2.0)
    return terminal.status()


def _left(terminal: Terminal, home: Path) -> Terminal:
    """Started again after it has been left by its own key; anything else that ended it is a failure."""
    made_no_mistake(home)
    if _gone(terminal) != 0 or b"Traceback" in terminal.recent:
        raise Failure(_ended(terminal))
    terminal.close()
    return started(home)


def _settled(terminal: Terminal, home: Path, tally: Tally) -> Terminal:
    """Settled; started again where the last keys lead out."""
    for _ in range(3):
        try:
            settle(terminal, _PATIENCE)
            return terminal
        except (Failure, OSError, EOFError):
            if _gone(terminal) is None:
                raise
            terminal = _left(terminal, home)
            tally.starts += 1
    return terminal


def made_no_mistake(home: Path) -> None:
    """An exception does not end it: it is written down, and counts."""
    for report in sorted(home.glob("report-*.txt")):
        raise Failure(f"it made a mistake and went on:\n{report.read_text()[-2000:]}")


def _same_when_fresh(terminal: Terminal, home: Path) -> None:
    old_text, old = terminal.lines(), screen_of(terminal)
    terminal.kill()
    fresh = started(home)
    try:
        for _ in range(10):  # a slow machine may still be drawing
            drain(fresh, 0.3, 2.0)
            if screen_of(fresh) == old:
                return
        rows = [
            f"  row {y}:\n    was   {was}\n    fresh {now}"
            + ("" if was != now else "\n    (other colours or attributes)")
            for y, (was, now, a, b) in enumerate(zip(old_text, fresh.lines(), old, screen_of(fresh), strict=True))
            if a != b
        ]
        raise Failure("a fresh program shows another screen:\n" + "\n".join(rows))
    finally:
        fresh.kill()


# --- killing ----------------------------------------------------------------------------------------

_WALK = (
    *((RIGHT,) * 6), LEFT, LEFT, b"\x1b[B", b"\x1b[A", b")", b"(", b"}", b"{", b" ", b" ", b"\x1b[F", b"\x1b[H", b"v",
    b".", b"t", b"w", b"+", b"-", b"<", b">", b"0", b"u", b"y", b"n", b"b", b"r", ENTER, b"q", b"g", b"?", b"c",
)  # fmt: skip


def kill_often(home: Path, count: int, seed: int) -> Tally:
    """`count` kills while keys are pressed; after each the place is the one seen last, or the one kept after it."""
    random, tally = Random(seed), Tally()
    terminal = started(home, "learn", random.choice(load.lessons()).id)
    seen = [place_of(terminal)]
    for number in range(count):
        before = seen[-1]
        key = b""
        keys = random.randint(1, 5)
        for press in range(keys):
            before = seen[-1]
            # From the list q leads out, and out is no kill.
            key = random.choice(_WALK) if before != "list" else random.choice((ENTER, b"\x1b[B", b"\x1b[A"))
            terminal.send(key)
            tally.inputs["key"] += 1
            if press < keys - 1:
                _watch(terminal, seen, 0.15, 3.0)
                if key == ENTER and before == seen[-1] == "list":  # opening takes a while, and two keys would be one
                    _watch(terminal, seen, 3.0, 3.0)
        _watch(terminal, seen, random.choice((0.0, 0.002, 0.005, 0.01, 0.02, 0.1)), random.uniform(0.0, 0.1))
        terminal.strike()
        _watch(terminal, seen, 0.0, 1.0)  # what it had written is on the screen, though it is gone
        terminal.close()
        terminal = started(home)
        tally.starts += 1
        now = place_of(terminal)
        if now != seen[-1]:
            why = _lost(terminal, before, seen, key)
            if why:
                terminal.kill()
                raise Failure(
                    f"seed {seed}, kill {number + 1}: {why}\n  seen last {seen[-5:]}\n  key {key!r}\n  resumed {now}"
                )
            tally.ahead += 1
            seen.append(place_of(terminal))
    terminal.kill()
    made_no_mistake(home)
    return tally


def _watch(terminal: Terminal, seen: list[str | None], quiet: float, longest: float) -> None:
    """Read on, noting every place that the screen shows."""
    ends = time.monotonic() + longest
    while True:
        data = terminal.receive(min(quiet, max(0.0, ends - time.monotonic())))
        place = place_of(terminal)
        if place is not None and place != seen[-1]:
            seen.append(place)
        if not data or time.monotonic() > ends:
            return


def _lost(terminal: Terminal, before: str | None, seen: list[str | None], key: bytes) -> str:
    """What is wrong with a resumed place that is not the one seen last; nothing where it is the one after it."""
    last = seen[-1]
    if last != before:
        return "the last key was on the screen, and its place is not resumed"
    back = {RIGHT: LEFT, LEFT: RIGHT}.get(key)
    if back is None or last == "list":
        return ""  # which place is the one after is known of a step alone: the way back leads to the one before
    terminal.send(back)
    drain(terminal, 0.4, 5.0)
    return "" if place_of(terminal) == last else "one step was pressed, and one step back is not where it was"
