"""The command line: which command, on what, in which language; and every way it can end.

`--help`, `--version` and `lessons` load no NumPy, and nothing here loads Textual before a tutor is really opened:
what a command needs is imported where the command is. Bad input is one line on standard error, never a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from nntutor.core import foreign
from nntutor.lessons.course import load
from nntutor.lessons.course.model import AuthorError, Lesson
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.words import Words
from nntutor.tui import arguments
from nntutor.tui.arguments import Arguments
from nntutor.tui.output import Output, WriteError, close_quietly, let_go_of_errors, words_of
from nntutor.tui.terminal import capabilities, probe, textual_settings
from nntutor.tui.usage import UsageError, near

if TYPE_CHECKING:
    from nntutor.core.engine.trace import Trace
    from nntutor.core.notation.symbols import Ref
    from nntutor.core.problems.network import Problem
    from nntutor.lessons.learner.sources import Source
    from nntutor.tui.state.study import Yours

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130
MOST_LETTERS = 2000
"""Letters of a line that refuses something, whatever was typed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    try:
        return _status(argv)
    finally:
        let_go_of_errors()


def _status(argv: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if argv is None else argv)
    words = words_of(arguments.language(given, os.environ), sys.stderr)
    try:
        status = _ended(given, words)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except BrokenPipeError:
        close_quietly()
        return DONE
    except KeyboardInterrupt:
        close_quietly()
        return INTERRUPTED
    except (OSError, WriteError) as error:
        close_quietly()
        reason = getattr(error, "strerror", None) or str(error)
        return _refuse(words.say("cli.cannot_write", reason=reason), "--ascii" in given)


def _ended(argv: list[str], words: Words) -> int:
    """Run the command and turn what can go wrong into one line and a status."""
    ascii = "--ascii" in argv  # also where the arguments make no sense
    try:
        return _command(argv)
    except UsageError as error:
        return _refuse(words.say(f"cli.{error.key}", **error.facts), ascii)
    except AuthorError as error:
        return _refuse(str(error), ascii)
    except MemoryError:
        return _refuse(words.say("cli.out_of_memory"), ascii)
    except (OSError, WriteError):
        raise
    except Exception as error:
        sentence = _sentence(error, words)
        if sentence is None and sys.flags.dev_mode:
            raise
        fault = f"{type(error).__name__}: {error}"
        return _refuse(sentence or words.say("cli.unexpected", reason=fault), ascii)


def _sentence(error: Exception, words: Words) -> str | None:
    """What a mistake that the core can name says in this language; None for a mistake of ours."""
    from nntutor.core.errors import NntutorError
    from nntutor.lessons.language import error_text

    return error_text.sentence(error, words) if isinstance(error, NntutorError) else None


def _refuse(sentence: str, ascii: bool) -> int:
    """One line on standard error, in the look that was asked for; the status of wrong use."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    line = foreign.clean(sentence, MOST_LETTERS)
    if ascii or not capabilities.can_encode(sys.stderr, line):
        line = ascii_look(line)
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"nntutor: {line}\n")
        sys.stderr.flush()
    return WRONG


def _refuse_screen(out: Output, sentence: str) -> int:
    """The same where somebody looks: what is refused may be that standard error goes elsewhere (`2>/dev/null`)."""
    if sys.stdout is not None and sys.stdout.isatty() and not (sys.stderr is not None and sys.stderr.isatty()):
        out.lines(iter([f"nntutor: {foreign.clean(sentence, MOST_LETTERS)}"]))
    return _refuse(sentence, out.ascii)


# --- commands ----------------------------------------------------------------------------------------


def _command(argv: list[str]) -> int:
    given = arguments.read(argv)
    out = Output(given, arguments.language(argv, os.environ))
    if given.version:
        return _version(out)
    if given.help:
        page = out.words.say(f"cli_help.{given.command or 'main'}").strip("\n")
        out.lines(iter(page.splitlines()))
        return DONE
    match given.command:
        case "lessons":
            return _lessons(out)
        case "trace":
            return _trace(given, out)
        case "check":
            return _check(given, out)
        case "diagnose":
            from nntutor.tui import diagnosis, named

            return FAILED if diagnosis.told(named.problem(given.what or "", given.problem), given, out) else DONE
        case "new":
            from nntutor.tui import new_sheet

            return new_sheet.run(given, out)
        case "verify":
            return _verify(out)
        case "quiz":
            return _quiz(given, out)
        case "progress" | "reset":
            from nntutor.tui import progress

            return progress.reset(out) if given.command == "reset" else progress.run(given, out)
        case "doctor":
            return _doctor(given, out)
        case "serve":
            from nntutor.tui.browser import command

            return command.run(given, out)
    return _tutor(given, out)


def _version(out: Output) -> int:
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("nntutor")
    except PackageNotFoundError:
        number = "(not installed)"
    out.write(f"nntutor {number}\n")
    return DONE


def _lessons(out: Output) -> int:
    from nntutor.tui import course_list

    out.lines(course_list.lines(out.words))
    return DONE


def _trace(given: Arguments, out: Output) -> int:
    from nntutor.lessons.export import write
    from nntutor.lessons.export.formats import SCRIPTS
    from nntutor.lessons.export.iterations import iterations
    from nntutor.tui import named

    lesson, problem, mistake = named.target(given)
    last = given.iterations or max(lesson.iterations if lesson else 1, given.first or 1)
    if given.format in ("json", *SCRIPTS):
        out.utf8()
    with out.progress("cli.running") as tell:
        traces = iterations(problem, given.first or 1, last, mistake, tell)
        if given.template:
            from nntutor.lessons.export import template
            from nntutor.lessons.language.speech import Speech

            out.lines(template.lines(traces, Speech(out.words, out.style)))
            return DONE
        write.write(out, given.format, problem, traces, out.words, out.style, given.steps, last)
    return DONE


def _check(given: Arguments, out: Output) -> int:
    from nntutor.core.analysis.gradient_check import refuse
    from nntutor.lessons.export.check_json import Listing
    from nntutor.lessons.export.check_table import Table
    from nntutor.lessons.export.iterations import iterations
    from nntutor.tui import named

    _, problem, mistake = named.target(given)
    refuse(problem)
    traces: Iterator[Trace] = iterations(problem, 1, given.iterations or 1, mistake)
    with out.progress("cli.checking") as tell:
        if given.format == "json":
            out.utf8()
            listing = Listing(tell)
            for piece in listing.pieces(problem, traces):
                out.write(piece)
            return FAILED if listing.disagreeing else DONE
        table = Table(out.words, out.style, tell)
        out.lines(table.lines(problem, traces))
    return FAILED if table.disagreeing else DONE


def _verify(out: Output) -> int:
    from nntutor.lessons.export.verify import Report

    report = Report(out.words, out.style)
    out.lines(report.lines())
    return FAILED if report.disagreeing else DONE


def _quiz(given: Arguments, out: Output) -> int:
    from nntutor.tui import quiz

    return quiz.sheet(given, out) if given.sheet else quiz.asked(given, out)


def _doctor(given: Arguments, out: Output) -> int:
    from nntutor.tui.doctor import facts, report

    _ask_the_terminal_its_size()
    found = facts.found(os.environ, out.words.language, given.ascii, given.color)
    out.painted(report.card(found, out.words, out.ascii))
    out.lines(report.lines(found, out.words, out.ascii))
    return DONE


# --- the tutor ---------------------------------------------------------------------------------------


def _tutor(given: Arguments, out: Output) -> int:
    lesson = load.named(given.what) if given.command == "learn" and given.what is not None else None
    if given.command == "learn" and given.what is not None and lesson is None:
        raise near("no_lesson", given.what, [lesson.id for lesson in load.lessons()])
    if given.plain:
        return _open_plain(given, out, lesson)
    lacking = capabilities.lacking(os.environ)
    if lacking:
        what = given.what or "hidden-delta"
        what = what if given.problem is None else f"{what} --problem {given.problem}"
        facts = {"what": foreign.clean(what), "command": given.command or "learn", "encoding": capabilities.encoding()}
        return _refuse_screen(out, out.words.say(f"cli.no_{lacking}", **facts))
    return _open_tutor(given, out, lesson)


def _open_plain(given: Arguments, out: Output, lesson: Lesson | None) -> int:
    """The tutor line by line: no screen, and nothing of one is loaded."""
    from nntutor.tui.plain import talk
    from nntutor.tui.state import keymap

    own_keys = keymap.read()
    problem, source = _opened(given)
    name, asked = lesson.id if lesson is not None else None, given.language is not None
    yours = _own_numbers(problem, given, out)
    return talk.run(name, problem, source, out, keep_language=asked, keymap=own_keys, yours=yours)


def _opened(given: Arguments) -> tuple[Problem | None, Source | None]:
    """The problem that `open` names, and what the place keeps of its file."""
    if given.command != "open":
        return None, None
    from nntutor.tui import named

    return named.problem_to_keep(given.what or "", given.problem)


def _own_numbers(problem: Problem | None, given: Arguments, out: Output) -> Mapping[tuple[int, Ref], Yours] | None:
    """What `open` shows beside the problem's own numbers."""
    if problem is None or given.values is None:
        return None
    from nntutor.tui import diagnosis

    return diagnosis.own_numbers(problem, given.values, out)


def _ask_the_terminal_its_size() -> None:
    """Not the environment: exported, these two would be believed, whatever the size becomes.

    A browser has told its own.
    """
    if textual_settings.served(os.environ):
        return
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


def _open_tutor(given: Arguments, out: Output, lesson: Lesson | None) -> int:
    """The one place where the command line hands over to the screen."""
    gc.disable()  # nothing that start-up makes is garbage; the app turns it on when the first screen stands
    _ask_the_terminal_its_size()
    from nntutor.tui.state import keymap

    own_keys = keymap.read()
    look = capabilities.picked(os.environ, given.ascii, probe.glyph)
    colours = capabilities.colours(os.environ, given.color)
    # Textual reads this when it is imported; by itself it knows only some names of terminals with 256 colours.
    os.environ["TEXTUAL_COLOR_SYSTEM"] = {0: "standard", 16: "standard", 256: "256"}.get(colours, "truecolor")
    from nntutor.tui.starting import run

    problem, source = _opened(given)
    return run(
        lesson.id if lesson is not None else None,
        problem,
        source,
        yours=_own_numbers(problem, given, out),
        language=out.words.language,
        keep_language=given.language is not None,
        ascii_look=look.ascii,
        keymap=own_keys,
        typed=look.typed,
        silent=look.silent,
        colours=colours,
    )


__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
