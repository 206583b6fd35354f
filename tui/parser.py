"""Which arguments a command takes: argparse takes them apart.

What it would say about a mistake, and its help, are replaced by the words of the learner's language, one line and no
more.
"""

from __future__ import annotations

import argparse
import re
from typing import Any, Never

from nntutor.tui.usage import UsageError


class Parser(argparse.ArgumentParser):
    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Some versions of Python take `--seed=--` for an option whose value is an empty list."""
        given, extras = super().parse_known_args(args, namespace)
        for name, value in vars(given).items():
            if value == [] and name != "lessons":
                setattr(given, name, "--")
        return given, extras

    def error(self, message: str) -> Never:
        name = re.match(r"argument (\S+?)[:,/]", message)
        key = "takes_no_value" if "ignored explicit" in message else "needs_value"
        raise UsageError(key, name=name[1] if name else message)


def parser_of(command: str, of_problem: bool) -> argparse.ArgumentParser:
    """of_problem: whether the command takes a problem."""
    parser = Parser(prog=f"nntutor {command}".strip(), add_help=False, allow_abbrev=False)
    parser.add_argument("--lang")
    for flag in ("--ascii", "--no-color", "--help", "--version"):
        parser.add_argument(flag, *(["-h"] if flag == "--help" else []), action="store_true")
    if command in ("learn", "open", "trace", "check", "diagnose", "new"):
        parser.add_argument("what", nargs="?")
    if command == "diagnose":
        parser.add_argument("values", nargs="?")
        parser.add_argument("--iteration")
        parser.add_argument("--tolerance")
    if command == "open":
        parser.add_argument("--values")
    if command == "progress":
        for option in ("--export", "--import"):
            parser.add_argument(option)
    if command == "quiz":
        parser.add_argument("lessons", nargs="*")
        parser.add_argument("--solutions", action="store_true")
        for option in ("--seed", "--count", "--sheet"):
            parser.add_argument(option)
    if command in ("", "learn", "open", "quiz"):
        parser.add_argument("--plain", action="store_true")
    if of_problem:
        parser.add_argument("--problem")
    if command in ("trace", "check", "diagnose"):
        parser.add_argument("--iterations")
        parser.add_argument("--format", default="text")
    if command == "serve":
        parser.add_argument("--host")
        parser.add_argument("--port")
    if command == "trace":
        parser.add_argument("--run")
        parser.add_argument("--from", dest="first")
        parser.add_argument("--no-steps", action="store_true")
        parser.add_argument("--values", dest="template", action="store_true")
    return parser
