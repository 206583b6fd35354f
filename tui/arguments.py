"""What was typed on the command line, as a value; what is wrong with it, as facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nntutor.lessons.course import load
from nntutor.lessons.export.formats import CHECK_FORMATS, FORMATS, SHEET_FORMATS
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.usage import UsageError, near

COMMANDS = (
    "learn", "lessons", "open", "trace", "check", "diagnose", "new", "verify", "quiz", "progress", "reset", "serve",
    "doctor",
)  # fmt: skip
MOST = 1_000_000_000
MOST_DIAGNOSED = 10_000
"""The last iteration that own numbers may be of: every mistake is run that far."""
HOST, PORT, _PORTS = "127.0.0.1", 8000, 65535
MOST_QUESTIONS = 100
MODEL = ".onnx"
"""How the name of a file ends that holds a network and nothing else of a problem."""
OF_PROBLEMS = ("open", "trace", "check", "diagnose")


@dataclass(frozen=True, slots=True)
class Arguments:
    """command "" opens the tutor; iterations and first are None where they were not given."""

    command: str = ""
    what: str | None = None
    language: str | None = None
    ascii: bool = False
    color: bool = True
    help: bool = False
    version: bool = False
    run: str | None = None
    iterations: int | None = None
    first: int | None = None
    format: str = "text"
    steps: bool = True
    plain: bool = False
    host: str = HOST
    port: int = PORT
    values: str | None = None
    iteration: int = 1
    tolerance: float = 0.0
    template: bool = False
    lessons: tuple[str, ...] = ()
    seed: int | None = None
    count: int | None = None
    sheet: str | None = None
    solutions: bool = False
    written_to: str | None = None
    taken_in: str | None = None
    problem: str | None = None


def read(argv: Sequence[str]) -> Arguments:
    """The arguments after the program's name. UsageError where they make no sense.

    A lesson in the place of a command is opened: `xor` and `10` are read as `learn xor` and `learn 10`.
    """
    if not argv:
        return Arguments()
    command, rest = _command(argv)
    if command and command not in COMMANDS:
        if load.named(command) is None:
            lessons = [lesson.id for lesson in load.lessons()]
            raise near("no_command", command, [*COMMANDS, *lessons, "--help", "--version"])
        command, rest = "learn", [command, *rest]
    # Another door: a start without arguments has nothing to take apart.
    from nntutor.tui.parser import parser_of

    parser = parser_of(command, command in OF_PROBLEMS)
    # Options may stand between the two names that only this command takes.
    read = parser.parse_known_intermixed_args if command == "diagnose" else parser.parse_known_args
    given, extras = read(rest)
    for extra in extras:
        options = [option for action in parser._actions for option in action.option_strings]
        # What is an option of it and is left over stands behind `--`.
        if extra.startswith("-") and extra != "-" and extra.partition("=")[0] not in options:
            raise near("no_option", extra.partition("=")[0], options, program=parser.prog)
        raise UsageError("too_many", name=extra, program=parser.prog)
    if given.lang is not None and given.lang not in LANGUAGES:
        raise near("no_language", given.lang, LANGUAGES, expected=LANGUAGES)
    whole = vars(given)
    result = Arguments(
        command,
        whole.get("what"),
        given.lang,
        given.ascii,
        not given.no_color,
        given.help,
        given.version,
        whole.get("run"),
        _whole("--iterations", whole.get("iterations")),
        _whole("--from", whole.get("first")),
        whole.get("format", "text"),
        not whole.get("no_steps", False),
        whole.get("plain", False),
        HOST if whole.get("host") is None else whole["host"],
        _whole("--port", whole.get("port"), _PORTS) or PORT,
        whole.get("values"),
        _whole("--iteration", whole.get("iteration"), MOST_DIAGNOSED) or 1,
        _share("--tolerance", whole.get("tolerance")),
        whole.get("template", False),
        tuple(whole.get("lessons", ())),
        _whole("--seed", whole.get("seed")),
        _whole("--count", whole.get("count"), MOST_QUESTIONS),
        whole.get("sheet"),
        whole.get("solutions", False),
        whole.get("export"),
        whole.get("import"),
        whole.get("problem"),
    )
    if not (result.help or result.version):
        _refuse_contradictions(result)
    return result


def _refuse_contradictions(given: Arguments) -> None:
    if given.command in OF_PROBLEMS and not given.what:
        key = "needs_problem" if given.command == "diagnose" else "needs_what"
        raise UsageError(key, command=given.command)
    _refuse_models(given)
    if given.values == "-" == (given.problem or given.what):
        raise UsageError("both_from_input")
    formats = CHECK_FORMATS if given.command in ("check", "diagnose") else FORMATS
    if given.format not in formats:
        raise near("no_format", given.format, formats, expected=formats)
    if given.sheet is not None and given.sheet not in SHEET_FORMATS:
        raise near("no_sheet", given.sheet, SHEET_FORMATS, expected=SHEET_FORMATS)
    if given.solutions and given.sheet is None:
        raise UsageError("solutions_without_sheet")
    if given.written_to is not None and given.taken_in is not None:
        raise UsageError("export_and_import")
    if given.values == "":
        raise UsageError("needs_value", name="--values" if given.command == "open" else "VALUES")
    for name, file in (("--export", given.written_to), ("--import", given.taken_in)):
        if file == "":
            raise UsageError("needs_value", name=name)
    if not given.host:
        raise UsageError("needs_value", name="--host")
    if given.first is not None and given.iterations is not None and given.first > given.iterations:
        raise UsageError("from_after", first=given.first, last=given.iterations)


def _refuse_models(given: Arguments) -> None:
    """A network goes with the rest of its problem."""
    if given.problem == "":
        raise UsageError("needs_value", name="--problem")
    is_model = given.what is not None and given.what.lower().endswith(MODEL)
    if given.problem is not None and not is_model:
        raise UsageError("model_of_lesson", name=given.what)
    if given.problem is None and is_model and given.command in OF_PROBLEMS:
        raise UsageError("model_alone", name=given.what)


def language(argv: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language to speak, also where the arguments make no sense: --lang, else the locale, else English."""
    for place, argument in enumerate(argv):
        if argument == "--lang" and place + 1 < len(argv) and argv[place + 1] in LANGUAGES:
            return argv[place + 1]
        if argument.removeprefix("--lang=") in LANGUAGES and argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name, ""):
            return next((one for one in LANGUAGES if value.lower().startswith(one)), LANGUAGES[0])
    return LANGUAGES[0]


def _command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """The first argument that is no option, and all the others."""
    place = 0
    while place < len(argv):
        argument = argv[place]
        if argument == "--lang":
            place += 1
        elif not argument.startswith("-") or argument == "-":
            return argument, [*argv[:place], *argv[place + 1 :]]
        place += 1
    return "", list(argv)


def _whole(name: str, text: str | None, most: int = MOST) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 1 <= int(text) <= most:
        raise UsageError("not_whole", name=name, text=text, most=most)
    return int(text)


def _share(name: str, text: str | None) -> float:
    """A share from 0 to 1."""
    if text is None:
        return 0.0
    if (
        not re.fullmatch(r"(?:[0-9]+|[0-9]*\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", text, re.ASCII)
        or not 0 <= float(text) <= 1
    ):
        raise UsageError("not_share", name=name, text=text)
    return float(text)
