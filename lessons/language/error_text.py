"""The mistakes that the core can name, as one line for people."""

from __future__ import annotations

from nntutor.core.errors import NntutorError, ProblemError
from nntutor.lessons.language.words import Words

_PARSERS = (
    ("Invalid statement", "statement"),
    ("Expected newline or end of document", "one_line"),
    ("Expected '='", "equals"),
    ("Invalid initial character for a key", "key"),
    ("Invalid value", "value"),
    ("Invalid date", "value"),
    ("Cannot ", "twice"),
    ("Duplicate inline table key", "twice"),
    ("Expected ']]'", "tables"),
    ("Expected ']'", "table"),
    ("Unclosed array", "array"),
    ("Unclosed inline table", "inline"),
    ("Unterminated string", "string"),
    ("Expected '\"'", "string"),
    ('Expected "', "string"),
    ("Illegal character '\\n'", "string"),
    ("Illegal character", "character"),
    ("Found invalid character", "character"),
    ("Unescaped", "escape"),
    ("Invalid hex value", "escape"),
    ("Escaped character", "escape"),
    ("Expecting value", "value"),
    ("Expecting property name", "name"),
    ("Expecting ':'", "colon"),
    ("Expecting ','", "comma"),
    ("Illegal trailing comma", "name"),
    ("Extra data", "extra"),
    ("Invalid control character", "string"),
    ("Invalid \\", "escape"),
)
"""How Python's parsers of TOML and JSON begin what they say, and the word for it; they say it in English."""


def sentence(error: NntutorError, words: Words) -> str:
    """`FILE:LINE: what is wrong and what was expected`; without the line where it is not known."""
    name = type(error).__name__
    facts = dict(error.facts())
    if "expected" in facts and words.has(f"expected.{facts['expected']}"):
        facts["expected"] = words.say(f"expected.{facts['expected']}", **facts)
    if "reason" in facts and words.has(f"reason.{facts['reason']}"):
        facts["reason"] = words.say(f"reason.{facts['reason']}")
    for said_by in ("detail", *(("found",) if facts.get("what") == "json" else ())):
        if said_by in facts:
            facts[said_by] = _parsed(str(facts[said_by]), words)
    if name == "WrongTargets":
        facts["targets"] = words.say(f"expected.{facts['error']}")
    if "what" in facts:
        name = f"{name}_{facts['what']}"
    said = words.say(f"errors.{name}", **facts)
    if facts.get("row"):
        said = words.say(f"errors.{name}_row", **facts)
    if words.has(f"hint.{facts.get('hint')}"):
        said += " " + words.say(f"hint.{facts['hint']}", **facts)
    elif facts.get("nearest"):
        said += " " + words.say("errors.nearest", nearest=facts["nearest"])
    if isinstance(error, ProblemError):
        place = facts["file"] if error.line is None else f"{facts['file']}:{error.line}"
        said = f"{place}: {said}"
    return " ".join(said.split())


def _parsed(message: str, words: Words) -> str:
    """What a parser says, in the language; what is not known of it stays as it is."""
    code = next((code for start, code in _PARSERS if message.startswith(start)), None)
    return message if code is None else words.say(f"parser.{code}")
