"""`nntutor progress` and `nntutor reset`: what has been learned, to a file and from one, and all of it forgotten."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from nntutor.core.errors import NntutorError
from nntutor.lessons.course import load
from nntutor.lessons.course.again import in_order
from nntutor.lessons.export import progress
from nntutor.lessons.language.cells import cells, padded
from nntutor.lessons.language.words import Words
from nntutor.lessons.learner import waiting
from nntutor.lessons.learner.answers import Skill
from nntutor.lessons.learner.places import Store
from nntutor.lessons.learner.review import BOXES, is_due
from nntutor.lessons.posing import posed
from nntutor.tui.arguments import Arguments
from nntutor.tui.output import Output
from nntutor.tui.plain.reading import read
from nntutor.tui.usage import UsageError

_DAY = 86400.0
_YES = ("yes", "y", "예", "네", "응")


def run(given: Arguments, out: Output) -> int:
    """Take in a file, print one, or say what has been learned; the exit status."""
    if given.taken_in is not None:
        return _taken_in(given.taken_in, out)
    finished, skills, told = _learned(out.words)
    if given.written_to is not None:
        if not (finished or skills):
            _see_that_nothing_is_lost(given.written_to, told, out.words)
        _write(given.written_to, progress.written(finished, skills), out)
        return 0
    out.lines(_lines(finished, skills, out.words))
    out.lines(iter([f"! {told}"] if told else []))
    return 0


def reset(out: Output) -> int:
    """Forget everything, after a question; the exit status."""
    say = out.words.say
    finished, skills, _ = _learned(out.words)
    if not waiting.exists():
        out.lines(iter([say("learned.nothing")]))
        return 0
    out.lines(iter([say("learned.ask", finished=len(finished), skills=len(skills))]))
    answer = next(read(out), None) or ""
    if answer.strip().lower() not in _YES:
        out.lines(iter([say("learned.kept")]))
        return 0
    with closing(Store.open()) as store:
        if not store.forget():
            raise UsageError("not_forgotten", reason=_reason(store, out.words))
    out.lines(iter([say("learned.forgotten")]))
    return 0


def _learned(words: Words) -> tuple[frozenset[str], dict[str, Skill], str]:
    """Finished lessons that there are, skills, and what there is to say of the file; looking makes no file."""
    if not waiting.exists():
        return frozenset(), {}, ""
    from nntutor.tui.desk import Desk

    with closing(Store.open()) as store:
        finished = store.done() & {lesson.id for lesson in load.lessons()}
        return finished, store.skills(), Desk(store).message(words, over=True)


def _taken_in(name: str, out: Output) -> int:
    try:
        finished, skills = progress.read(progress.text_of(name))
    except progress.NotProgress as error:
        raise UsageError("import_newer" if str(error) == "newer" else "import_format", name=name) from None
    finished &= {lesson.id for lesson in load.lessons()}
    with closing(Store.open()) as store:
        if not store.merge(finished, skills):
            raise UsageError("not_taken_in", reason=_reason(store, out.words))
    out.lines(iter([out.words.say("learned.taken_in", lessons=len(finished), skills=len(skills))]))
    return 0


def _reason(store: Store, words: Words) -> str:
    from nntutor.tui.desk import unsaved

    return unsaved(store.note or ("learned.busy", {}), words, over=True)


def _see_that_nothing_is_lost(name: str, told: str, words: Words) -> None:
    """Nothing is exported where the file cannot be read, nor over what an earlier export holds: it may lie in a folder
    that is not the usual one, or have been set aside since.
    """
    if told:
        raise UsageError("not_exported", reason=told)
    if name != "-" and Path(name).is_file() and any(_exported(name) or ()):
        raise UsageError("not_exported", reason=words.say("learned.held", name=name))


def _write(name: str, text: str, out: Output) -> None:
    """Whole or not at all, and over nothing but a file of the same kind."""
    if name == "-":
        out.utf8()
        out.write(text)
        return
    path = Path(name)
    if path.is_file() and not _is_progress(name):
        raise UsageError("exists", name=name)
    try:
        if os.path.lexists(path) and not path.is_file():
            _write_into(path, text)
        else:
            _write_whole(path, text)
    except BrokenPipeError:  # /dev/stdout whose reader has ended: as quiet as `-`
        raise
    except OSError as error:
        pipe = error.errno == errno.ENXIO
        reason = out.words.say("learned.no_reader") if pipe else error.strerror or str(error)
        raise UsageError("not_written", name=name, reason=reason) from None


def _write_into(path: Path, text: str) -> None:
    """Into a device or a pipe; of a pipe that nobody reads the end would never come."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666)
    with open(handle, "w", encoding="utf-8", newline="\n") as file:
        if sys.platform != "win32":
            os.set_blocking(handle, True)
        file.write(text)


def _write_whole(path: Path, text: str) -> None:
    # A name may be as long as names can be, and links may lead to each other.
    whole = Path(os.path.realpath(path))
    beside = whole.with_name(f"nntutor.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(whole)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def _is_progress(name: str) -> bool:
    return _exported(name) is not None


def _exported(name: str) -> tuple[frozenset[str], dict[str, Skill]] | None:
    """What such a file holds; None where it is none."""
    try:
        return progress.read(progress.text_of(name))
    except (progress.NotProgress, NntutorError):
        return None


def _lines(finished: frozenset[str], skills: dict[str, Skill], words: Words) -> Iterator[str]:
    say = words.say
    yield say("cli.done_of", done=len(finished), total=len(load.lessons()))
    known = [(name, skills[name]) for name in in_order(skills)]
    if not known:
        yield say("learned.no_skills")
        return
    now = time.time()
    head = (say("learned.skill"), say("learned.box"), say("learned.results"), say("learned.again"))
    rows = [
        (posed.skill(words, name), f"{skill.box}/{len(BOXES) - 1}", _results(skill), _again(skill, now, words))
        for name, skill in known
    ]
    widths = [max(map(cells, column)) for column in zip(head, *rows, strict=True)]
    yield ""
    for row in (head, *rows):
        yield "  ".join(padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip()


def _results(skill: Skill) -> str:
    """The last results, the newest last: right at once, with help, shown, skipped."""
    return "".join({"r": "✓", "h": "+", "s": "✗"}.get(one, "-") for one in skill.results)


def _again(skill: Skill, now: float, words: Words) -> str:
    if is_due(skill, now):
        return words.say("learned.now")
    days = BOXES[skill.box] - int((now - skill.at) // _DAY)
    return words.say("learned.in_days", count=max(days, 1))
