"""What `x` asks for, carried out: iterations or the screen, into a new file or to the clipboard.

No file that is there is written over: the next free name is taken. What cannot be written whole is not left behind.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from nntutor.core import foreign
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.errors import NntutorError
from nntutor.core.problems.network import Network, Problem
from nntutor.lessons.export.formats import ENDINGS, SCRIPTS
from nntutor.lessons.export.write import pieces
from nntutor.lessons.language import error_text, words
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state.session import Export, Session
from nntutor.tui.state.study import Study

MOST_ITERATIONS = 1000
"""Of a run that is set down number by number; a script of more is as short."""
MOST_NUMBERS = {"csv": 1_000_000, "json": 100_000}
MOST_READ = 50_000
"""Of a run, by format and in those that people read: what takes about a second, while no key is answered."""
MOST_STEPS = 20_000
"""Of an iteration that is set down step by step; a larger one is set down as a whole."""
MOST_COPIED = 70_000
"""Bytes that go to a clipboard: terminals drop what is longer."""
_LONGEST_NAME = 40
_MOST_NAMES = 1000


class TooMuch(Exception):
    """More than is set down from here: a key of the words, and its facts."""

    def __init__(self, key: str, **facts: object) -> None:
        self.note = note(key, **facts)
        super().__init__(key)


def done(
    session: Session, copy: Callable[[str], object] | None = None, picture: Callable[[Session], str] | None = None
) -> Session:
    """The session with what it asks for written or copied, and a note of what came of it.

    copy takes a text to the clipboard, picture draws the screen; None where there is none.
    """
    wanted, study = session.export, session.study
    session = replace(session, export=None)
    if wanted is None or study is None:
        return session
    try:
        told = _carried_out(session, study, wanted, copy, picture)
    except TooMuch as error:
        told = error.note
    except NntutorError as error:
        told = note("saving.refused", reason=error_text.sentence(error, words.load(session.language)))
    except OSError as error:
        told = note("saving.cannot", reason=foreign.clean(error.strerror or str(error)))
    return replace(session, study=replace(study, note=told))


def _carried_out(
    session: Session,
    study: Study,
    wanted: Export,
    copy: Callable[[str], object] | None,
    picture: Callable[[Session], str] | None,
) -> Note:
    if wanted.format == "svg":
        if picture is None:
            raise TooMuch("saving.no_screen")
        text: Iterable[str] = [picture(session)]
    else:
        text = map(foreign.lines, _pieces(session, study, wanted))
    if not wanted.to_clipboard:
        path = written(Path.cwd(), _name(study, wanted), text)
        return note("saving.saved", path=foreign.clean(str(path), 2000))
    if copy is None:
        raise TooMuch("saving.no_screen")
    whole = "".join(_bounded(text))
    copy(whole)
    return note("saving.copied", size=len(whole.encode()))


def _bounded(text: Iterable[str]) -> Iterator[str]:
    """Pieces of at most as many bytes as a clipboard takes."""
    size = 0
    for piece in text:
        size += len(piece.encode())
        if size > MOST_COPIED:
            raise TooMuch("saving.too_long", most=MOST_COPIED)
        yield piece


def _pieces(session: Session, study: Study, wanted: Export) -> Iterator[str]:
    """The text of the iteration at hand, or of all up to it, each as a whole."""
    timeline, spoken = study.timeline, words.load(session.language)
    last = timeline.iteration
    first = _first(timeline, wanted)
    if wanted.format in SCRIPTS:
        traces = iter([timeline.trace_of(first)])
    elif last - first >= (most := _most_iterations(timeline.trace, wanted.format)):
        raise TooMuch("saving.too_many", most=most)
    else:
        traces = map(timeline.trace_of, range(first, last + 1))
    steps = not wanted.whole and len(timeline.trace) <= MOST_STEPS
    problem = _begun(timeline) if wanted.format == "json" else timeline.problem
    return pieces(wanted.format, problem, traces, spoken, session.style, steps, last)


def _first(timeline: Timeline, wanted: Export) -> int:
    """The iteration with which it begins.

    A script of a run begins where the last number was set: what was set later is none of its rules. JSON begins where
    the last input or target was: it has one problem, and in each iteration the weights that this starts from.
    """
    if not wanted.whole:
        return timeline.iteration
    edits = [edit for edit in timeline.in_force if edit.iteration <= timeline.iteration]
    if wanted.format == "json":
        edits = [edit for edit in edits if edit.ref.kind != "weight"]
    return max([1, *(edit.iteration for edit in edits if wanted.format in (*SCRIPTS, "json"))])


def _begun(timeline: Timeline) -> Problem:
    """The problem with the weights that its first iteration starts from, where some have been set by hand."""
    problem = timeline.problem
    if not any(edit.iteration == 1 and edit.ref.kind == "weight" for edit in timeline.in_force):
        return problem
    first, layers = timeline.trace_of(1), []
    for number, layer in enumerate(problem.network.layers, 1):
        bias = None if layer.bias is None else first.array("weight", number, bias=True)
        layers.append(replace(layer, weights=first.array("weight", number), bias=bias))
    return replace(problem, network=Network(tuple(layers)))


def _most_iterations(trace: Trace, format: str) -> int:
    units = sum(layer.units for layer in trace.problem.network.layers)
    numbers = trace.before.params.size + len(trace.samples) * units
    return min(MOST_ITERATIONS, max(1, MOST_NUMBERS.get(format, MOST_READ) // numbers))


def _name(study: Study, wanted: Export) -> str:
    """What the file is called, before a number: what is studied, and which of its iterations."""
    called = study.name if study.lesson is not None else study.timeline.original.title or study.name
    last = study.place.iteration
    which = (
        f"{last}-{study.place.step}"
        if wanted.format == "svg"
        else f"{_first(study.timeline, wanted)}-{last}"
        if wanted.whole
        else f"{last}"
    )
    library = f"-{wanted.format}" if wanted.format in SCRIPTS else ""
    return f"nntutor-{cleaned(called)}-{which}{library}.{ENDINGS.get(wanted.format, wanted.format)}"


def cleaned(title: str) -> str:
    """A foreign title as a part of a file's name: letters and digits, and hyphens between them."""
    plain = unicodedata.normalize("NFC", foreign.clean(title))
    kept = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return "-".join(kept)[:_LONGEST_NAME].strip("-") or "problem"


def written(folder: Path, name: str, text: Iterable[str]) -> Path:
    """The path of a new file with this text. OSError where it cannot be written, and then there is none."""
    stem, _, ending = name.rpartition(".")
    for number in range(1, _MOST_NAMES):
        path = folder / (name if number == 1 else f"{stem}_{number}.{ending}")
        try:
            file = path.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            continue
        try:
            with file:
                file.writelines(text)
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
        return path
    raise TooMuch("saving.no_name", name=name)
