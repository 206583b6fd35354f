"""A learner's file damaged in a way that is drawn from a seed, and what is held to the program that finds it so.

Whatever the file holds, the tutor starts, opens every lesson, draws it, takes a key and keeps the place; what could
not be used is told; and where one row alone is damaged, every other one is as it was.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import formerly
import screens

from nntutor.lessons.course import builtin
from nntutor.lessons.language import words as all_words
from nntutor.lessons.learner.places import Place, Store
from nntutor.tui.desk import Desk
from nntutor.tui.state.session import Opened, Session

LESSONS = ("wall", "cycle", "hidden-delta", "vanishing")
_NAME = "progress.sqlite"
# Nothing here takes a second; what takes longer than this hangs.
_HANGS = 60


class Failure(Exception):
    """A promise that was not kept."""


# --- a file that is well -------------------------------------------------------------------------------


@cache
def _well() -> tuple[Path, Path]:
    """Two folders with the same places in them: in a file of this version, and in one of the version before."""
    home = Path(tempfile.mkdtemp())
    now, before = home / "now", home / "before"
    places = []
    for lesson in LESSONS:
        session = screens.pressed(screens.of_lesson(lesson), "continue", "step", "more", "step")
        places.append(_left(now, session, lesson))
    xor = builtin.open("xor")
    session = screens.pressed(screens.of_problem(xor), "iteration_next", "step", "more")
    places.append(_left(now, session, None))
    store = Store.open(now)
    store.answered("hidden-delta", "right")
    store.close()
    before.mkdir()
    formerly.version_1(before, [formerly.as_version_1(place) for place in places], ["wall"])
    return now, before


def _left(home: Path, session: Session, lesson: str | None) -> Place:
    """What a session that ends at this place leaves."""
    store = Store.open(home)
    desk = Desk(store)
    assert session.study is not None
    if lesson is None:
        desk.begin(None, session.study.timeline.original)
    desk.keep(replace(session, study=None), session)
    desk.close(session)
    store = Store.open(home)
    place = store.latest() if lesson is None else store.reached(lesson)
    store.close()
    assert place is not None
    return place


# --- damage --------------------------------------------------------------------------------------------

_NONSENSE: tuple[str, ...] = (
    "NULL", "-5", "0", "1000000000", "9223372036854775807", "1.5", "9e999", "''", "'x'", "'[]'", "'{}'", "'null'",
    """'{"page": -5}'""", """'{"trail": [[1e9, 1]], "digits": 0}'""", """'{"places": {"main": [1, -1]}}'""",
    """'{"visited": 9000, "page": 9000, "view": "none", "chosen": {"network": "none"}, "trail": [[7, 9000]]}'""",
    """'{"chosen": {"network": 7}}'""",
    "CAST(X'C1FF80' AS TEXT)", "X'00010203040506'", "zeroblob(8)", "zeroblob(80000)", "X'FFFFFFFFFFFFFFFF'",
    f"'{'[' * 5000}'", f"'{'x' * 70000}'", """'["weight", 99, 99, 99, 99]'""", """'["set_depth", 0, 0, 0, -1]'""",
    """'["none", -1]'""", "'0x1p+99999'", "'nan'", "'inf'",
)  # fmt: skip
_COLUMNS = {
    "now": {
        "place": ("turn", "session", "host", "pid", "began", "at", "what", "name", "problem", "folder", "digest", "run",
                  "iteration", "step", "stop", "since", "settings", "params", "slots"),
        "edit": ("run", "number", "iteration", "ref", "value"),
        "kept": ("hash", "body"),
        "finished": ("lesson",),
        "skill": ("name", "box", "at", "results"),
    },
    "before": {
        "place": ("session", "host", "pid", "began", "at", "what", "name", "problem", "run", "edits", "iteration",
                  "step", "stop", "settings", "params", "slots"),
        "reached": ("done", "at", "place", "params", "slots"),
        "setting": ("name", "value"),
    },
}  # fmt: skip


def a_row(path: Path, random: Random, version: str) -> str:
    """One value of one row made nonsense."""
    table = random.choices(list(_COLUMNS[version]), (6, *(1,) * (len(_COLUMNS[version]) - 1)))[0]
    column, value = random.choice(_COLUMNS[version][table]), random.choice(_NONSENSE)
    with sqlite3.connect(path) as connection:
        rows = connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall()
        rowid = random.choice(rows)[0] if rows else 0
        with suppress(sqlite3.IntegrityError):
            connection.execute(f"UPDATE {table} SET {column} = {value} WHERE rowid = {rowid}")
    connection.close()
    return f"{table}.{column} = {value[:40]} in row {rowid}"


def _bytes(path: Path, random: Random, version: str) -> str:
    data = bytearray(path.read_bytes())
    places = [random.randrange(len(data)) for _ in range(random.choice((1, 3, 20, 200)))]
    for place in places:
        data[place] = random.randrange(256)
    path.write_bytes(data)
    return f"{len(places)} bytes"


def _cut(path: Path, random: Random, version: str) -> str:
    length = random.randrange(path.stat().st_size)
    path.write_bytes(path.read_bytes()[:length])
    return f"cut at {length}"


def _blank(path: Path, random: Random, version: str) -> str:
    data = bytearray(path.read_bytes())
    start = random.randrange(len(data))
    data[start : start + 2000] = bytes(len(data[start : start + 2000]))
    path.write_bytes(data)
    return f"zeros from {start}"


def _log(path: Path, random: Random, version: str) -> str:
    ending = random.choice(("-wal", "-shm", "-journal"))
    path.with_name(path.name + ending).write_bytes(random.randbytes(5000))
    return f"a {ending} of nonsense"


def _schema(path: Path, random: Random, version: str) -> str:
    data = path.read_bytes()
    at = data.index(b"CREATE TABLE", random.choice((0, 300)))
    path.write_bytes(data[: at + 20] + b"\xc1" + data[at + 21 :])
    return "a byte of the tables' description"


_FILES: tuple[Callable[[Path, Random, str], str], ...] = (_bytes, _bytes, _cut, _blank, _log, _schema)


# --- what is held --------------------------------------------------------------------------------------


@contextmanager
def _ends() -> Iterator[None]:
    """Where there are signals, what hangs is a failure."""
    if sys.platform == "win32":
        yield
        return

    def late(*_: object) -> None:
        raise Failure("it hangs")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _places(home: Path) -> Mapping[str, Place | None]:
    store = Store.open(home)
    found = {lesson: store.reached(lesson) for lesson in LESSONS}
    store.close()
    return found


def _drawn(desk: Desk, session: Session) -> Session:
    """A key pressed, kept, and drawn."""
    after = desk.keep(session, screens.pressed(session, "step"))
    screens.lines(after)
    return after


def _start(home: Path) -> tuple[Session | None, str]:
    """A start that goes on where the last one was; then every lesson opened. What was resumed, and what was told."""
    store = Store.open(home)
    desk = Desk(store)
    blank = Session(desk.home())
    words = all_words.load("en")
    opening = desk.begin(None, None)
    told = desk.message(words)
    resumed = None
    if opening is not None:
        resumed = screens.update(blank, Opened(opening.study, opening.digits))
        screens.lines(resumed)
        _drawn(desk, resumed)
    for lesson in LESSONS:
        last = _drawn(desk, screens.update(blank, Opened(desk.open_lesson(lesson))))
    told = f"{told} {desk.message(words)}".strip()
    store.answered("hidden-delta", "right")
    if not store.saving or "hidden-delta" not in store.skills():
        raise Failure(f"it is not saved: {told}")
    desk.close(last)
    store.close()
    return resumed, told


def damage(home: Path, seed: int) -> Counter[str]:
    """One file damaged, and two starts on it. What kind of damage it was, and what became of it."""
    random = Random(seed)
    version, row = random.choice(("now", "now", "before")), random.random() < 0.6
    shutil.copytree(_well()[version == "before"], home, dirs_exist_ok=True)
    before = _places(_copy(home))
    what = (a_row if row else random.choice(_FILES))(home / _NAME, random, version)
    try:
        with _ends():
            told = _held(home, before, row)
    except Failure as failure:
        raise Failure(f"seed {seed}, {what}, version {version}: {failure}") from None
    except Exception as error:
        raise Failure(f"seed {seed}, {what}, version {version}: {error!r}") from error
    fate = "the file is set aside" if "progress file" in told else "a row is set aside" if told else "all is used"
    return Counter({f"{'row' if row else 'file'} damaged and {fate}": 1})


def _held(home: Path, before: Mapping[str, Place | None], row: bool) -> str:
    """What the first start tells."""
    found = _places(_copy(home))
    if row and sum(found[lesson] != before[lesson] for lesson in LESSONS) > 1:
        raise Failure("places are gone that were well")
    told = _start(home)[1]
    if row and "progress file" in told:
        raise Failure(f"for one row the file is set aside: {told}")
    resumed, again = _start(home)
    if resumed is None or resumed.study is None or resumed.study.name != LESSONS[-1]:
        raise Failure("the place kept in the first start is not gone on with")
    if again:
        raise Failure(f"the second start says {again!r}")
    return told


def _copy(home: Path) -> Path:
    copy = home / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("copy"))
    return copy
